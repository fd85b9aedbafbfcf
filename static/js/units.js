// Numbers as people here read them, the same way as the template filters write them: 12,5 % · 1,5 MB/s · 3 hari.
(function () {
  const gerai = (window.gerai = window.gerai || {});
  const language = document.documentElement.lang || "id";
  const NBSP = "\u00a0";
  const NOTHING = "–";
  const UNITS = ["B", "KB", "MB", "GB", "TB", "PB"];
  const formats = new Map();

  function number(value, decimals = 0) {
    if (!formats.has(decimals)) {
      formats.set(
        decimals,
        new Intl.NumberFormat(language, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }),
      );
    }
    return formats.get(decimals).format(value);
  }

  function bytes(value) {
    let amount = value;
    let step = 0;
    while (Math.abs(amount) >= 1024 && step < UNITS.length - 1) {
      amount /= 1024;
      step += 1;
    }
    return `${number(amount, step === 0 || Math.abs(amount) >= 100 ? 0 : 1)}${NBSP}${UNITS[step]}`;
  }

  function duration(seconds) {
    const days = Math.floor(seconds / 86400);
    const hours = Math.floor((seconds % 86400) / 3600);
    const minutes = Math.floor((seconds % 3600) / 60);
    if (days >= 10) return interpolate(ngettext("%(n)s day", "%(n)s days", days), { n: number(days) }, true);
    if (days) return interpolate(ngettext("%(n)s day %(h)s h", "%(n)s days %(h)s h", days), { n: number(days), h: hours }, true);
    if (hours) return interpolate(gettext("%(h)s h %(m)s min"), { h: hours, m: minutes }, true);
    return interpolate(gettext("%(m)s min"), { m: minutes }, true);
  }

  // Short, as an axis and a line's end have room for: Rp 1,2 jt; on the page and in tables it stands in full.
  const THOUSANDS = [
    [1e12, pgettext("rupiah", "tn")],
    [1e9, pgettext("rupiah", "bn")],
    [1e6, pgettext("rupiah", "m")],
    [1e3, pgettext("rupiah", "k")],
  ];

  function rupiah(value) {
    const sign = value < 0 ? "\u2212" : "";
    const [size, name] = THOUSANDS.find(([least]) => Math.abs(value) >= least) || [1, ""];
    const amount = Math.abs(value) / size;
    const decimals = size === 1 || amount >= 100 ? 0 : amount >= 10 ? 1 : 2;
    return `${sign}Rp${NBSP}${number(amount, decimals)}${name ? NBSP + name : ""}`;
  }

  const writers = {
    rupiah,
    percent: (value) => `${number(value, value < 10 && value > 0 ? 1 : 0)}${NBSP}%`,
    load: (value) => number(value, 2),
    count: (value) => number(Math.round(value)),
    bytes,
    bytes_per_s: (value) => `${bytes(value)}/s`,
    ms: (value) => `${number(value, value < 10 ? 2 : 0)}${NBSP}ms`,
    duration,
  };

  gerai.units = {
    number,
    write(value, unit) {
      return value === null || value === undefined || Number.isNaN(value) ? NOTHING : writers[unit](value);
    },
    // The axis of a unit: its top and the distance of its lines, so that every line bears a round number.
    axis(largest, unit) {
      if (unit === "percent") return { max: 100, interval: 25 };
      let base = 1;
      if (unit.startsWith("bytes")) while (largest / base >= 1024) base *= 1024;
      const least = { load: 1, count: 10, bytes_per_s: 1024 }[unit] || 1;
      const wanted = Math.max(largest * 1.08, least) / base / 4;
      const power = 10 ** Math.floor(Math.log10(wanted));
      const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= wanted) * power;
      return { max: step * 4 * base, interval: step * base };
    },
  };
})();
