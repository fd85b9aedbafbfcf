// ECharts with our palette, units and manners. `gerai.charts.create(element, spec)` draws one graph over time:
//   spec = { unit, series: [{ name, label }], limits: [{ value, label, tone }], zone, zoneName, zoneOffset, name }
//   chart.show({ at, values, window, step })   values[name], values[name + "_min"], values[name + "_max"]
// Graphs of one page share their hover. Colours come from the page's tokens and follow the theme.
(function () {
  const gerai = (window.gerai = window.gerai || {});
  const language = document.documentElement.lang || "id";
  const GROUP = "machine";
  const DAY_MS = 86400000;
  // Below this width the names stand above the graph instead of at the lines' ends.
  const NARROW_PX = 400;
  // The second series is dashed as well: colour is never the only difference.
  const DASHES = ["solid", [5, 4], [2, 3]];
  const charts = new Set();

  function token(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(`--g-${name}`).trim();
  }

  function palette() {
    return {
      series: [token("chart-1"), token("chart-3"), token("chart-2")],
      text: token("text"),
      strong: token("strong"),
      muted: token("muted"),
      line: token("line"),
      strongLine: token("line-strong"),
      surface: token("surface"),
      warning: token("warning-dot"),
      danger: token("danger-dot"),
      font: getComputedStyle(document.body).fontFamily,
    };
  }

  function clock(zone, span) {
    const day = { day: "numeric", month: "short", timeZone: zone };
    const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone };
    const short = new Intl.DateTimeFormat(language, span > 1.5 * DAY_MS ? day : time);
    const exact = new Intl.DateTimeFormat(language, { ...day, ...time, ...(span < DAY_MS ? { second: "2-digit" } : {}) });
    return { short: (at) => short.format(at), exact: (at) => exact.format(at) };
  }

  // Ticks at times that people count in: full hours, midnights, of the page's zone.
  const MINUTE_MS = 60000;
  const TICKS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 10080, 20160].map((minutes) => minutes * MINUTE_MS);
  function ticks([start, end], most, offset) {
    const step = TICKS_MS.find((each) => (end - start) / each <= most) || TICKS_MS[TICKS_MS.length - 1];
    const found = [];
    for (let at = Math.ceil((start + offset) / step) * step - offset; at <= end; at += step) found.push(at);
    return found;
  }

  // Gaps stay gaps: where two points are further apart than polls can be, an empty one stands between them.
  function points(at, values, step) {
    const rows = [];
    at.forEach((moment, index) => {
      if (index && moment - at[index - 1] > step * 2500) rows.push([at[index - 1] + step * 1000, null]);
      rows.push([moment, values[index] ?? null]);
    });
    return rows;
  }

  function lastKnown(values) {
    for (let index = values.length - 1; index >= 0; index -= 1) if (values[index] !== null && values[index] !== undefined) return index;
    return -1;
  }

  function largest(spec, data) {
    let top = 0;
    spec.series.forEach(({ name }) => {
      (data.values[`${name}_max`] || data.values[name] || []).forEach((value) => {
        if (value > top) top = value;
      });
    });
    return top;
  }

  // Of what may fall below nothing: a deposit that is overdrawn.
  function smallest(spec, data) {
    return Math.min(0, ...spec.series.flatMap(({ name }) => (spec.unit === "rupiah" ? data.values[name] || [] : []).map((value) => value ?? 0)));
  }

  function line(colour, dash, rows, { name, area }) {
    return {
      id: name,
      name,
      type: "line",
      data: rows,
      showSymbol: false,
      symbol: "circle",
      symbolSize: 6,
      connectNulls: false,
      sampling: "lttb",
      lineStyle: { color: colour, width: 1.75, type: dash, join: "round" },
      itemStyle: { color: colour },
      areaStyle: area ? { color: colour, opacity: 0.09 } : undefined,
      emphasis: { disabled: true },
      z: 4,
    };
  }

  // The lowest and highest of each interval, as a ribbon behind the mean: one polygon for each unbroken stretch.
  function band(colour, name, at, low, high, step) {
    const stretches = [[]];
    at.forEach((moment, index) => {
      const broken = low[index] === null || low[index] === undefined || (index && moment - at[index - 1] > step * 2500);
      if (broken && stretches[stretches.length - 1].length) stretches.push([]);
      if (low[index] !== null && low[index] !== undefined) stretches[stretches.length - 1].push(index);
    });
    const drawn = stretches.filter((stretch) => stretch.length > 1);
    return {
      id: `${name}:band`,
      type: "custom",
      silent: true,
      clip: true,
      tooltip: { show: false },
      z: 2,
      data: drawn.map((_, index) => [at[drawn[index][0]], 0]),
      renderItem(params, api) {
        const stretch = drawn[params.dataIndex];
        if (!stretch) return null;
        const upper = stretch.map((index) => api.coord([at[index], high[index]]));
        const lower = stretch.map((index) => api.coord([at[index], low[index]])).reverse();
        return { type: "polygon", shape: { points: [...upper, ...lower] }, style: { fill: colour, opacity: 0.16 }, silent: true };
      },
    };
  }

  function limitLines(spec, colours, top) {
    const visible = (spec.limits || []).filter((limit) => limit.value <= top);
    return {
      silent: true,
      symbol: "none",
      animation: false,
      z: 6,
      label: { position: "insideStartTop", fontSize: 11, distance: [2, 4], padding: [0, 3], backgroundColor: colours.surface, color: colours.muted, fontFamily: colours.font },
      data: visible.map((limit) => ({
        yAxis: limit.value,
        label: { formatter: limit.label },
        lineStyle: { color: { danger: colours.danger, warning: colours.warning }[limit.tone] || colours.muted, type: [6, 4], width: 1, opacity: 0.9 },
      })),
    };
  }

  function endLabelWidth(spec) {
    return spec.series.length === 1 ? 68 : Math.max(68, 22 + 6.2 * Math.max(...spec.series.map(({ label }) => label.length)));
  }

  // The name and the newest value stand where the line ends; two that would cover each other move apart. One line alone
  // is named by the title.
  function endLabels(spec, data, colours, [axisBottom, axisTop], plotHeight) {
    const labels = spec.series
      .map((series, index) => {
        const last = lastKnown(data.values[series.name] || []);
        if (last < 0) return null;
        const value = data.values[series.name][last];
        return { index, at: data.at[last], value, y: plotHeight * (1 - (value - axisBottom) / (axisTop - axisBottom)), text: series.label };
      })
      .filter(Boolean)
      .sort((a, b) => a.y - b.y);
    labels.forEach((label, place) => {
      const wanted = Math.max(label.y, 8);
      label.shown = place ? Math.max(wanted, labels[place - 1].shown + 28) : wanted;
    });
    const over = labels.length ? labels[labels.length - 1].shown - (plotHeight - 6) : 0;
    if (over > 0) labels.forEach((label) => (label.shown -= over));
    return labels.map((label) => ({
      index: label.index,
      point: {
        symbol: "circle",
        symbolSize: 6,
        silent: true,
        animation: false,
        // The middle of the newest interval may lie ahead of now.
        data: [{ coord: [Math.min(label.at, data.window[1]), label.value] }],
        itemStyle: { color: colours.series[label.index], borderColor: colours.surface, borderWidth: 1 },
        label: {
          show: true,
          position: "right",
          distance: 7,
          offset: [0, label.shown - label.y],
          formatter: (labels.length > 1 ? `{name|${label.text}}\n` : "") + `{value|${gerai.units.write(label.value, spec.unit)}}`,
          rich: {
            name: { color: colours.series[label.index], fontSize: 11, lineHeight: 13, fontFamily: colours.font, fontWeight: 500 },
            value: { color: colours.strong, fontSize: 11, lineHeight: 13, fontFamily: colours.font, fontWeight: 600 },
          },
        },
      },
    }));
  }

  function tooltip(spec, data, colours, words) {
    return {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      transitionDuration: 0,
      backgroundColor: colours.surface,
      borderColor: colours.strongLine,
      borderWidth: 1,
      padding: [8, 10],
      textStyle: { color: colours.text, fontFamily: colours.font, fontSize: 12 },
      axisPointer: { type: "line", snap: true, animation: false, lineStyle: { color: colours.muted, type: "solid", width: 1 } },
      formatter(shown) {
        const moment = shown[0]?.value?.[0];
        const index = data.at.indexOf(moment);
        if (index < 0) return "";
        const lines = spec.series.map((series) => {
          const value = data.values[series.name]?.[index];
          const low = data.values[`${series.name}_min`]?.[index];
          const high = data.values[`${series.name}_max`]?.[index];
          const write = (number) => gerai.units.write(number, spec.unit);
          const spread = low === null || low === undefined || low === high ? "" : `  (${write(low)} – ${write(high)})`;
          // The marker's colour is registered by ECharts itself; styles of our own are not taken in a rich tooltip.
          const { marker } = shown.find(({ seriesId }) => seriesId === series.name) || { marker: "" };
          return `${marker}${series.label}  ${write(value)}${spread}`;
        });
        return [`${words.exact(moment)} ${spec.zoneName}`, ...lines].join("\n");
      },
    };
  }

  function describe(spec, data) {
    return spec.series
      .map((series) => {
        const known = (data.values[series.name] || []).filter((value) => value !== null && value !== undefined);
        if (!known.length) return interpolate(gettext("%(name)s: no data."), { name: series.label }, true);
        const write = (value) => gerai.units.write(value, spec.unit);
        return interpolate(
          gettext("%(name)s: lowest %(low)s, highest %(high)s, newest %(last)s."),
          { name: series.label, low: write(Math.min(...known)), high: write(Math.max(...known)), last: write(known[known.length - 1]) },
          true,
        );
      })
      .join(" ");
  }

  function option(spec, data, size) {
    const colours = palette();
    const words = clock(spec.zone, data.window[1] - data.window[0]);
    const axis = gerai.units.axis(largest(spec, data), spec.unit);
    const bottom = axis.interval * Math.floor(Math.min(0, smallest(spec, data)) / axis.interval);
    const narrow = size.width < NARROW_PX;
    const grid = { left: 8, right: narrow ? 12 : endLabelWidth(spec), top: 14, bottom: 24, containLabel: false };
    grid.left = spec.unit === "rupiah" ? 76 : spec.unit === "bytes_per_s" ? 66 : spec.unit === "percent" ? 44 : 40;
    const series = [];
    spec.series.forEach(({ name }, place) => {
      const low = data.values[`${name}_min`];
      if (low) series.push(band(colours.series[place], name, data.at, low, data.values[`${name}_max`], data.step));
    });
    spec.series.forEach(({ name }, place) => {
      const rows = points(data.at, data.values[name] || [], data.step);
      const area = !data.values[`${name}_min`] && place === 0;
      series.push(line(colours.series[place], DASHES[place], rows, { name, area }));
    });
    const first = series.find((entry) => entry.id === spec.series[0].name);
    first.markLine = limitLines(spec, colours, axis.max);
    if (!narrow) {
      endLabels(spec, data, colours, [bottom, axis.max], size.height - grid.top - grid.bottom).forEach(({ index, point }) => {
        series.find((entry) => entry.id === spec.series[index].name).markPoint = point;
      });
    }
    return {
      animation: false,
      textStyle: { fontFamily: colours.font },
      aria: { enabled: true, label: { description: `${spec.name}. ${describe(spec, data)}` } },
      grid,
      tooltip: tooltip(spec, data, colours, words),
      xAxis: {
        type: "time",
        min: data.window[0],
        max: data.window[1],
        axisLine: { lineStyle: { color: colours.strongLine } },
        axisTick: { show: false },
        splitLine: { show: false },
        axisLabel: { color: colours.muted, fontSize: 11, hideOverlap: true, formatter: words.short, customValues: ticks(data.window, size.width / 96, spec.zoneOffset * 1000) },
      },
      yAxis: {
        type: "value",
        min: bottom,
        max: axis.max,
        interval: axis.interval,
        axisLine: { show: false },
        axisTick: { show: false },
        splitLine: { lineStyle: { color: colours.line } },
        axisLabel: { color: colours.muted, fontSize: 11, formatter: (value) => axisWords(value, spec.unit, axis) },
      },
      series,
    };
  }

  function axisWords(value, unit, axis) {
    if (unit === "percent") return `${gerai.units.number(value)}\u00a0%`;
    if (unit === "load") return gerai.units.number(value, axis.interval < 1 ? 2 : axis.interval % 1 ? 1 : 0);
    if (unit === "count") return gerai.units.number(value, axis.interval % 1 ? 1 : 0);
    return value === 0 ? "0" : gerai.units.write(value, unit).replace(/[.,]0(?=\u00a0)/, "");
  }

  function create(element, spec) {
    const instance = echarts.init(element, null, { renderer: "svg" });
    let shown = null;
    let held = false;
    let waiting = false;
    instance.group = GROUP;
    echarts.connect(GROUP);

    function paint() {
      if (!shown) return;
      // What somebody is reading under the pointer does not slide away; it is painted when they leave.
      if (held) {
        waiting = true;
        return;
      }
      waiting = false;
      element.parentElement.classList.toggle("has-end-labels", element.clientWidth >= NARROW_PX);
      instance.setOption(option(spec, shown, { width: element.clientWidth, height: element.clientHeight }), { replaceMerge: ["series"] });
    }

    const chart = {
      show(data) {
        shown = data;
        paint();
      },
      paint,
      hold(value) {
        held = value;
        if (!held && waiting) paint();
      },
      resize() {
        instance.resize();
        paint();
      },
    };
    charts.add(chart);
    element.addEventListener("pointerenter", () => charts.forEach((other) => other.hold(true)));
    element.addEventListener("pointerleave", () => charts.forEach((other) => other.hold(false)));
    element.addEventListener("pointercancel", () => charts.forEach((other) => other.hold(false)));
    let width = element.clientWidth;
    new ResizeObserver(() => {
      if (element.clientWidth === width) return;
      width = element.clientWidth;
      chart.resize();
    }).observe(element);
    return chart;
  }

  document.addEventListener("gerai:theme", () => requestAnimationFrame(() => charts.forEach((chart) => chart.paint())));

  gerai.charts = { create };
})();
