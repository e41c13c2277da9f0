// Bar charts from the data beside them; the table on the page says the same.
(function () {
  "use strict";
  function short(value) {
    if (Math.abs(value) >= 1e8) return value / 1e8 + "亿";
    return Math.abs(value) >= 1e4 ? value / 1e4 + "万" : String(value);
  }
  document.querySelectorAll("[data-charts]").forEach(function (place) {
    var data = JSON.parse(document.getElementById(place.dataset.charts).textContent);
    data.forEach(function (one) {
      var box = document.createElement("div");
      box.className = "chart";
      box.setAttribute("role", "img");
      box.setAttribute("aria-label", one.title + "的柱状图，数字见下面的表");
      place.appendChild(box);
      var chart = echarts.init(box, null, { renderer: "canvas" });
      chart.setOption({
        title: { text: one.title, left: 0, textStyle: { fontSize: 15 } },
        color: ["#0b4f8a", "#b3261e", "#12692f"],
        tooltip: { renderMode: "richText", trigger: "axis" },
        legend: one.series.length > 1 ? { top: 26, left: 0 } : undefined,
        grid: { left: 8, right: 24, top: one.series.length > 1 ? 56 : 36, bottom: 8, containLabel: true },
        xAxis: { type: "value", splitNumber: 3, axisLabel: { formatter: short } },
        yAxis: { type: "category", inverse: true, data: one.names, axisLabel: { width: 110, overflow: "truncate" } },
        series: one.series.map(function (series) { return { type: "bar", name: series.name, data: series.values }; })
      });
      window.addEventListener("resize", function () { chart.resize(); });
    });
  });
})();
