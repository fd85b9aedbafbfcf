// One biller: our book and the biller's own figure over time.
(function () {
  const page = document.getElementById("balance-page");
  const series = document.getElementById("balance-series");
  if (!page || !series || !window.echarts) return;
  const gerai = window.gerai;
  const data = JSON.parse(series.textContent);
  const figure = page.querySelector("[data-balance-graph]");
  if (![...data.values.book, ...data.values.reported].some((value) => value !== null)) return;
  const chart = gerai.charts.create(figure.querySelector(".graph-canvas"), {
    unit: "rupiah",
    name: figure.dataset.name,
    zone: page.dataset.zone,
    zoneName: page.dataset.zoneName,
    zoneOffset: Number(page.dataset.zoneOffset),
    limits: [],
    series: [
      { name: "book", label: figure.dataset.book },
      { name: "reported", label: figure.dataset.reported },
    ],
  });
  chart.show(data);
})();
