// Charts: each <div data-chart="ID"> is drawn from the JSON script with that id. The table beside it
// says the same; without JavaScript the table is what there is.
(function () {
  "use strict";
  var COLOURS = ["#0b4f8a", "#4a90c2", "#c77700", "#12692f", "#7a4ea3", "#8a96a3", "#b3261e", "#3a7d7c"];
  var FONT = getComputedStyle(document.body).fontFamily;

  function bars(spec, width) {
    // Names need room: beside the bars where there are many, or where the screen is narrow.
    var many = spec.categories.length > 7 || width < 600;
    var names = { type: "category", data: spec.categories, inverse: many, axisLabel: { interval: 0, width: 120, overflow: "truncate" } };
    var numbers = { type: "value", minInterval: 1 };
    return {
      grid: { left: 8, right: 24, top: spec.series.length > 1 ? 40 : 12, bottom: 8, containLabel: true },
      legend: spec.series.length > 1 ? { top: 0, type: "scroll" } : undefined,
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, renderMode: "richText", confine: true },
      xAxis: many ? numbers : names,
      yAxis: many ? names : numbers,
      series: spec.series.map(function (one) {
        return { type: "bar", name: one.name, data: one.values, stack: spec.stacked ? "all" : undefined, barMaxWidth: 36 };
      })
    };
  }

  function area(spec, name) {
    var values = spec.values.map(function (one) { return one.value; });
    return {
      tooltip: { renderMode: "richText", confine: true, formatter: function (at) { return at.name + "：" + (isNaN(at.value) ? "—" : at.value) + spec.unit; } },
      visualMap: { min: 0, max: Math.max.apply(null, values.concat([1])), text: ["多", "少"], calculable: false, inRange: { color: ["#e3eef8", "#0b4f8a"] }, left: 0, bottom: 0 },
      series: [{ type: "map", map: name, nameProperty: "name", data: spec.values, label: { show: true, fontSize: 12 }, labelLayout: { hideOverlap: true }, emphasis: { itemStyle: { areaColor: "#ffdd00" } }, select: { disabled: true } }]
    };
  }

  function draw(element, spec, options) {
    var chart = window.echarts.init(element, null, { renderer: "canvas" });
    options.animation = false;
    options.color = COLOURS;
    options.textStyle = { fontFamily: FONT, fontSize: 13 };
    options.aria = { enabled: false };
    chart.setOption(options);
    window.addEventListener("resize", function () { chart.resize(); });
  }

  document.querySelectorAll("[data-chart]").forEach(function (element) {
    var spec = JSON.parse(document.getElementById(element.dataset.chart).textContent);
    element.hidden = false;
    if (spec.kind !== "map") { draw(element, spec, bars(spec, element.clientWidth)); return; }
    fetch(spec.shapes).then(function (answer) { return answer.json(); }).then(function (shapes) {
      window.echarts.registerMap(element.dataset.chart, shapes);
      draw(element, spec, area(spec, element.dataset.chart));
    });
  });
})();
