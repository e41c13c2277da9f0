// Line numbers beside the text, marked where the checks found something; a click on a fault goes there.
(function () {
  "use strict";
  var text = document.getElementById("id_text"), checks = document.getElementById("checks");
  if (!text || !checks) return;
  var gutter = document.createElement("div");
  gutter.className = "gutter";
  gutter.setAttribute("aria-hidden", "true");
  var frame = document.createElement("div");
  frame.className = "code-frame";
  text.parentNode.insertBefore(frame, text);
  frame.appendChild(gutter);
  frame.appendChild(text);

  function wrongLines() {
    var found = {};
    checks.querySelectorAll("tr[data-line]").forEach(function (row) { found[row.dataset.line] = true; });
    return found;
  }
  function draw() {
    var count = text.value.split("\n").length, wrong = wrongLines();
    gutter.textContent = "";
    for (var number = 1; number <= count; number += 1) {
      var mark = document.createElement("div");
      mark.textContent = (wrong[number] ? "● " : "") + number;
      if (wrong[number]) mark.className = "wrong";
      gutter.appendChild(mark);
    }
    gutter.scrollTop = text.scrollTop;
  }
  function goTo(number) {
    var lines = text.value.split("\n"), start = 0;
    for (var at = 0; at < number - 1; at += 1) start += lines[at].length + 1;
    text.focus();
    text.setSelectionRange(start, start + (lines[number - 1] || "").length);
    text.scrollTop = (number - 4) * parseFloat(getComputedStyle(text).lineHeight);
  }
  text.addEventListener("input", draw);
  text.addEventListener("scroll", function () { gutter.scrollTop = text.scrollTop; });
  document.body.addEventListener("htmx:afterSwap", draw);
  checks.addEventListener("click", function (event) {
    var row = event.target.closest("tr[data-line]");
    if (row) goTo(Number(row.dataset.line));
  });
  draw();
})();
