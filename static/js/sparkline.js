// Keeps the small graphs alive that the server drew: <svg class="spark" data-values="3,4,,7">, an empty place is a gap.
// The geometry is the same as in monitoring/sparkline.py.
(function () {
  const gerai = (window.gerai = window.gerai || {});
  const WIDTH = 120;
  const HEIGHT = 32;
  const PAD = 2;
  const LOWEST_TOP = 25;
  const POINTS = 40;

  const read = (svg) => (svg.dataset.values ? svg.dataset.values.split(",").map((v) => (v === "" ? null : Number(v))) : []);

  function paths(values) {
    const top = Math.max(LOWEST_TOP, ...values.map((value) => value ?? 0));
    const step = WIDTH / (POINTS - 1);
    const first = POINTS - values.length;
    const runs = [[]];
    values.forEach((value, index) => {
      if (value === null) {
        if (runs[runs.length - 1].length) runs.push([]);
        return;
      }
      const y = HEIGHT - PAD - (Math.min(value, top) / top) * (HEIGHT - 2 * PAD);
      runs[runs.length - 1].push([((first + index) * step).toFixed(1), y.toFixed(1)]);
    });
    const drawn = runs.filter((run) => run.length);
    const line = (run) => `M${run.map((point) => point.join(" ")).join("L")}${run.length === 1 ? "h.1" : ""}`;
    return {
      line: drawn.map(line).join(""),
      area: drawn.map((run) => `${line(run)}L${run[run.length - 1][0]} ${HEIGHT}L${run[0][0]} ${HEIGHT}Z`).join(""),
    };
  }

  function draw(svg, values) {
    const shape = paths(values);
    svg.querySelector(".spark-line").setAttribute("d", shape.line);
    svg.querySelector(".spark-area").setAttribute("d", shape.area);
    svg.dataset.values = values.map((value) => value ?? "").join(",");
  }

  gerai.sparkline = {
    append(svg, value) {
      const values = [...read(svg), value === null || value === undefined ? null : Math.round(value)];
      draw(svg, values.slice(-POINTS));
      if (value !== null && value !== undefined) {
        svg.setAttribute("aria-label", interpolate(gettext("CPU now %(value)s"), { value: gerai.units.write(value, "percent") }, true));
      }
    },
  };
})();
