// Small comforts; every page works without them.
(function () {
  "use strict";

  // After a refused form the summary of errors is what comes first.
  var summary = document.querySelector(".error-summary");
  if (summary) summary.focus();

  // Filters with few choices answer at once.
  document.addEventListener("change", function (event) {
    var form = event.target.closest("form[data-submit-on-change]");
    if (form) form.requestSubmit ? form.requestSubmit() : form.submit();
  });

  // A button that has been pressed is not pressed twice.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    window.addEventListener("pageshow", function () { delete form.dataset.sent; }, { once: true });
  });

  // Menus close on Escape and on a click elsewhere.
  function closeOthers(target) {
    document.querySelectorAll("details.who[open]").forEach(function (details) {
      if (!details.contains(target)) details.open = false;
    });
  }
  document.addEventListener("click", function (event) { closeOthers(event.target); });
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") closeOthers(null); });

  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
})();
