// SPDX-License-Identifier: Apache-2.0
// The page of fit_report.h; its script draws what is in the events.
#pragma once

#include <string_view>

namespace firesteel {

inline constexpr std::string_view kReportPage = R"HTML(<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Firesteel: a fit</title>
<style>
:root { color-scheme: light dark; --ink: light-dark(#1c2126, #e4e7ea); --soft: light-dark(#66717c, #97a2ad);
  --line: light-dark(#dfe3e7, #343b42); --page: light-dark(#f5f6f7, #15191d); --card: light-dark(#fff, #1d2226); }
body { font: 14px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); margin: 0 auto; padding: 24px;
  max-width: 1120px; }
h1 { font-size: 20px; margin: 0; }
h2 { font-size: 14px; margin: 0 0 4px; }
p { margin: 2px 0 16px; color: var(--soft); }
.tiles { display: flex; flex-wrap: wrap; gap: 12px; margin-bottom: 12px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 16px; }
.tile { flex: 1 1 120px; }
.tile b { display: block; font-size: 20px; font-weight: 600; font-variant-numeric: tabular-nums; }
.tile span, .legend, figcaption { color: var(--soft); font-size: 12px; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(420px, 1fr)); gap: 12px; margin-bottom: 12px; }
figure { margin: 0; }
svg { width: 100%; height: auto; display: block; }
svg text { font-size: 11px; fill: var(--soft); font-variant-numeric: tabular-nums; }
.legend i { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin: 0 4px 0 10px; }
.legend i:first-child { margin-left: 0; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
td, th { text-align: left; padding: 4px 12px 4px 0; border-top: 1px solid var(--line); vertical-align: top; }
td:first-child { white-space: nowrap; }
th { border: 0; color: var(--soft); font-weight: 500; }
</style>
<h1>A fit by Firesteel</h1>
<p id="about"></p>
<div class="tiles" id="tiles"></div>
<div class="charts" id="charts"></div>
<div class="card" id="tables"></div>
<script id="events" type="application/json">@EVENTS@</script>
<script>
'use strict';
const events = JSON.parse(document.getElementById('events').textContent);
const of = kind => events.filter(e => e.event === kind);
const start = of('start')[0] || {}, end = of('end')[0], progress = of('progress'), epochs = of('epoch');
const begin = events.length ? events[0].at_ms : 0;
const seconds = e => (e.at_ms - begin) / 1000;
const colors = ['#2f7dd1', '#e0762f', '#3a9d6e', '#a45ac2', '#c2403f', '#7d8791'];
const escaped = text => String(text).replace(/[&<>"]/g, c => ({'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'})[c]);
const words = key => key.replace(/_/g, ' ');
const capital = text => text.charAt(0).toUpperCase() + text.slice(1);
const shown = x => x === 0 ? '0' : Math.abs(x) >= 1e5 || Math.abs(x) < 1e-3 ? x.toExponential(2)
  : Math.abs(x) >= 100 ? Math.round(x).toLocaleString('en') : Number(x.toPrecision(4)).toString();
const time = s => s < 120 ? shown(s) + ' s' : s < 7200 ? shown(s / 60) + ' min' : shown(s / 3600) + ' h';

// Round numbers between two values.
function ticks(low, high) {
  const step0 = (high - low) / 5, power = 10 ** Math.floor(Math.log10(step0));
  const step = power * [1, 2, 5, 10].find(f => f * power >= step0), found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; ++i) found.push(i * step);
  return found;
}

// series: [{name, points: [[x, y]...], dots, steps}] as lines, or bars: [{name, points}] on top of each other.
function chart(title, unit, series, {bars = false, zero = bars, xname = 'iteration', xs = shown} = {}) {
  series = series.map(s => ({...s, points: s.points.filter(p => Number.isFinite(p[0]) && Number.isFinite(p[1]))}))
    .filter(s => s.points.length);
  if (!series.length) return '';
  const W = 520, H = 230, left = 56, right = 12, top = 10, bottom = 34;
  const all = series.flatMap(s => s.points);
  const sums = bars ? series[0].points.map((p, i) => series.reduce((sum, s) => sum + (s.points[i] || [0, 0])[1], 0))
    : all.map(p => p[1]);
  let x0 = Math.min(...all.map(p => p[0])), x1 = Math.max(...all.map(p => p[0]));
  let y0 = zero ? 0 : Math.min(...sums), y1 = Math.max(...sums);
  if (bars) x0 = 0;
  if (x1 === x0) { x0 -= 1; x1 += 1; }
  if (y1 === y0) { y0 -= zero ? 0 : Math.abs(y0) / 10 || 1; y1 += Math.abs(y1) / 10 || 1; }
  const X = x => left + (x - x0) / (x1 - x0) * (W - left - right), Y = y => H - bottom - (y - y0) / (y1 - y0) * (H - top - bottom);
  let svg = '';
  for (const y of ticks(y0, y1)) {
    svg += `<line x1="${left}" x2="${W - right}" y1="${Y(y)}" y2="${Y(y)}" stroke="var(--line)"/>`
      + `<text x="${left - 6}" y="${Y(y) + 4}" text-anchor="end">${shown(y)}</text>`;
  }
  for (const x of ticks(x0, x1)) svg += `<text x="${X(x)}" y="${H - bottom + 15}" text-anchor="middle">${xs(x)}</text>`;
  svg += `<text x="${(left + W - right) / 2}" y="${H - 4}" text-anchor="middle">${xname}</text>`;
  if (bars) {
    const base = series[0].points.map(() => 0);
    series.forEach((s, n) => s.points.forEach((p, i) => {
      const from = i ? series[0].points[i - 1][0] : 0, y = base[i] += p[1];
      svg += `<rect x="${X(from) + .5}" width="${Math.max(.5, X(p[0]) - X(from) - 1)}" y="${Y(y)}" height="${Y(y - p[1]) - Y(y)}"`
        + ` fill="${colors[n]}"><title>${escaped(s.name)}: ${shown(p[1])} ${unit}</title></rect>`;
    }));
  } else {
    series.forEach((s, n) => {
      const path = s.points.map((p, i) => (i ? (s.steps ? `H${X(p[0])}V` : `L${X(p[0])} `) : `M${X(p[0])} `) + Y(p[1])).join('');
      svg += `<path d="${path}" fill="none" stroke="${colors[n]}" stroke-width="1.6" stroke-linejoin="round"/>`;
      if (s.dots || s.points.length === 1) for (const p of s.points) {
        svg += `<circle cx="${X(p[0])}" cy="${Y(p[1])}" r="3" fill="${colors[n]}"><title>${escaped(s.name)} ${shown(p[1])}</title></circle>`;
      }
    });
  }
  const legend = series.map((s, n) => `<i style="background:${colors[n]}"></i>${escaped(s.name)}`).join('');
  return `<figure class="card"><h2>${escaped(title)}${unit ? ` <span class="legend">${unit}</span>` : ''}</h2>`
    + `<div class="legend">${legend}</div><svg viewBox="0 0 ${W} ${H}" role="img" aria-label="${escaped(title)}">${svg}</svg></figure>`;
}

const line = (list, key) => list.filter(e => typeof e[key] === 'number').map(e => [e.iteration, e[key]]);
const others = new Set(['epoch', 'iteration', 'loss', 'test_loss', 'at_ms']);
const metrics = [...new Set(epochs.flatMap(e => Object.keys(e).filter(k => typeof e[k] === 'number' && !others.has(k))))];
const last = end || progress[progress.length - 1] || {};
const tiles = [['loss', shown(last.loss ?? NaN)]];
for (const key of metrics) {
  const value = (end && end[key]) ?? (epochs.filter(e => key in e).pop() || {})[key];
  if (value !== undefined) tiles.push([words(key), key === 'accuracy' ? (100 * value).toFixed(2) + ' %' : shown(value)]);
}
if (last.images_per_s) tiles.push(['rows per second', shown(last.images_per_s)]);
tiles.push(['iterations', shown((end || last).iterations ?? 0)]);
tiles.push(['workers', shown((end || last).workers ?? 1)]);
if (events.length) tiles.push(['took', time(seconds(events[events.length - 1]))]);
document.getElementById('tiles').innerHTML =
  tiles.map(([name, value]) => `<div class="card tile"><span>${escaped(name)}</span><b>${escaped(value)}</b></div>`).join('');
document.getElementById('about').textContent = [
  new Date(begin).toISOString().replace('T', ' ').slice(0, 19) + ' UTC', (start.rows ?? 0).toLocaleString('en') + ' rows to train on',
  start.test_rows ? start.test_rows.toLocaleString('en') + ' to test on' : '', start.spark ? 'Spark ' + start.spark : 'one process',
  end ? '' : 'it did not come to its end'].filter(Boolean).join(' · ');

const phases = [['computing', 'compute_ms'], ['waiting for others', 'sync_exposed_ms'], ['scheduling', 'schedule_ms']];
document.getElementById('charts').innerHTML = [
  chart('Loss', '', [{name: 'training', points: line(progress, 'loss')},
    {name: 'test rows', points: line(epochs, 'test_loss'), dots: true}]),
  ...metrics.map(key => chart(capital(words(key)), '', [{name: 'test rows', points: line(epochs, key), dots: true}])),
  chart('Throughput', 'rows/s', [{name: 'rows per second', points: line(progress, 'images_per_s')}], {zero: true}),
  chart('Learning rate', '', [{name: 'learning rate', points: line(progress, 'lr'), steps: true}], {zero: true}),
  chart('Where an iteration\'s time goes', 'ms', phases.map(([name, key]) => ({name, points: line(progress, key)})), {bars: true}),
  chart('Workers', '', [{name: 'workers', points: progress.map(e => [seconds(e), e.workers]), steps: true}],
    {zero: true, xname: 'time since the start', xs: time}),
].join('');

const recoveries = (end && end.recoveries) || [];
const table = (title, head, rows) => rows.length ? `<h2>${title}</h2><table><tr>${head.map(h => `<th>${h}</th>`).join('')}</tr>`
  + rows.map(r => `<tr>${r.map(c => `<td>${escaped(c)}</td>`).join('')}</tr>`).join('') + '</table><br>' : '';
document.getElementById('tables').innerHTML =
  table('Recoveries', ['at iteration', 'lost', 'because', 'went on after', 'iterations again'], recoveries.map(r =>
    [r.iteration, (r.workers || []).join(', ') || '–', r.reason, r.goes_on_s === undefined ? '–' : time(r.goes_on_s), r.replayed_steps ?? 0]))
  + table('Notes', ['after', 'note'], of('note').map(e => [time(seconds(e)), e.text]))
  + table('Figures', ['', ''], Object.entries(end || {}).filter(([k, v]) => typeof v !== 'object' && k !== 'event' && k !== 'at_ms')
    .map(([k, v]) => [words(k), typeof v === 'number' ? shown(v) : v]));
</script>
</html>
)HTML";

}  // namespace firesteel
