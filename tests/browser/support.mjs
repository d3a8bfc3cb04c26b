// What the page tests share: the browser, a place to put failures, CSV, decimals that are added exactly.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const modules = createRequire(path.join(process.env.NIANBAO_BROWSER, 'x.js'));
export const { chromium } = modules('playwright-core');
const axe = readFileSync(modules.resolve('axe-core/axe.min.js'), 'utf8');

let failures = 0;
let checks = 0;
export function check(what, holds, more = '') {
  checks += 1;
  if (!holds) {
    failures += 1;
    console.log(`FAIL ${what} ${typeof more === 'string' ? more : JSON.stringify(more)}`);
  }
}
export const equal = (what, got, want) => check(what, got === want, `got ${String(got)}, want ${String(want)}`);
export function closing() {
  console.log(`${checks} checks, ${failures} failed`);
  process.exit(failures ? 1 : 0);
}

/// Rows of a CSV as lists by column.
export function csv(text) {
  const rows = [[]];
  let field = '', quoted = false, touched = false;
  const put = () => { rows.at(-1).push(field); field = ''; touched = false; };
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c === '"' && text[i + 1] === '"') { field += '"'; i++; }
      else if (c === '"') quoted = false;
      else field += c;
    } else if (c === '"') { quoted = true; touched = true; }
    else if (c === ',') { put(); touched = true; }
    else if (c === '\n') { put(); rows.push([]); }
    else if (c !== '\r') { field += c; touched = true; }
  }
  if (touched || field) put();
  return rows.filter(r => r.length);
}
/// Rows of a published CSV as objects by column.
export function table(file) {
  const [head, ...rows] = csv(readFileSync(file, 'utf8').replace(/^\ufeff/, ''));
  // Published text that a workbook would take for a formula has an apostrophe in front.
  const plain = text => text.replace(/^'(?=[=+\-@])/, '');
  return rows.map(r => Object.fromEntries(head.map((h, i) => [h, plain(r[i] ?? '')])));
}

/// A decimal as millionths, without its marks.
export function millionths(text) {
  const m = /^(-?)(\d+)(?:\.(\d{1,6}))?$/.exec(text.replace(/[≥*†]|（.*）/g, '').trim());
  if (!m) return null;
  const n = BigInt(m[2]) * 1000000n + BigInt((m[3] ?? '').padEnd(6, '0'));
  return m[1] ? -n : n;
}

export async function open(browser, { width = 1280, height = 900, scheme = 'light', ...more } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, ...more });
  const page = await context.newPage();
  page.on('console', m => { if (['error', 'warning'].includes(m.type())) check('console is silent', false, `${page.url()} ${m.text()}`); });
  page.on('pageerror', e => check('no script fails', false, `${page.url()} ${e.message}`));
  page.on('dialog', d => { check('no foreign script runs', false, d.message()); d.dismiss(); });
  page.on('request', r => check('nothing is loaded from outside', /^(file|data|blob):/.test(r.url()), r.url()));
  return page;
}

/// No violation of any rule of axe; `rules` narrows them.
export async function accessible(page, what, rules = {}) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(rules => window.axe.run(document, { resultTypes: ['violations'], preload: false, ...rules }), rules);
  const told = violations.map(v => `${v.id} ×${v.nodes.length}: ${v.nodes[0].html.slice(0, 160)} ${v.nodes[0].any[0]?.message ?? ''}`);
  check(`axe: ${what}`, violations.length === 0, told.join(' | '));
}

export async function fits(page, what) {
  const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  check(`${what} is no wider than ${window}`, wide <= window, String(wide));
}
