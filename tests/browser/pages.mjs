// The published pages in a browser, as tests/pages.rs calls it: node pages.mjs SAMPLE CITY HOSTILE ENGLISH DOWNLOADS, the
// first four being published years. What is expected is read from their data/*.csv, not from the pages.
import path from 'node:path';
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { accessible, check, chromium, closing, csv, equal, fits, millionths, open, table } from './support.mjs';

const [sample, city, hostile, english, downloads] = process.argv.slice(2);
const at = (folder, page) => pathToFileURL(path.join(folder, page)).href;
const year = folder => path.basename(folder);
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
const leads = folder => table(path.join(folder, 'data/findings.csv')).filter(f => !f.cause && !/#(?!1$)/.test(f.key));
const agencyPage = folder => 'agencies/' + leads(folder).find(f => f.cell && f.severity === 'error').agency_id + '.html';

// Dark pages are the same elements in other colours, so there only what depends on colours is asked.
const ALL = [[sample, 'index.html'], [sample, agencyPage(sample)], [sample, 'rules.html'], [city, 'index.html'], [hostile, 'index.html'], [english, 'index.html']];
async function light() {
  for (const [folder, name] of ALL) await readable(folder, name, 'light', {});
}
async function dark() {
  for (const [folder, name] of ALL.slice(0, 3)) await readable(folder, name, 'dark', { runOnly: ['color-contrast', 'link-in-text-block'] });
}
async function readable(folder, name, scheme, rules) {
  const page = await open(browser, { scheme });
  await page.goto(at(folder, name));
  await accessible(page, `${folder} ${name} ${scheme}`, rules);
  if (name === 'index.html' && [sample, city].includes(folder)) {
    await page.locator('#sums td[data-c] button').nth(7).click();
    await page.waitForSelector('#parts');
    await accessible(page, `parts of a sum, ${scheme}`, rules);
    await page.keyboard.press('Escape');
    await page.locator('#open .act button').first().click();
    await accessible(page, `a decision, ${scheme}`, rules);
  }
  await page.context().close();
}

async function narrow() {
  for (const width of [360, 420]) {
    for (const [folder, name] of [[sample, 'index.html'], [sample, agencyPage(sample)], [sample, 'rules.html'], [hostile, 'index.html'], [english, 'index.html']]) {
      const page = await open(browser, { width, height: 740 });
      await page.goto(at(folder, name));
      await fits(page, name);
      if (name === 'index.html') {
        await page.locator('#sums td[data-c] button').nth(3).click();
        await page.waitForSelector('#parts');
        await fits(page, `${name} with the parts of a sum`);
        const box = await page.locator('#panel').boundingBox();
        check('the panel is inside the window', box.x >= 0 && box.x + box.width <= width, box);
      }
      await page.context().close();
    }
  }
}

async function findings() {
  const page = await open(browser);
  await page.goto(at(sample, 'index.html'));
  const shown = () => page.locator('.finding:visible').count();
  const want = leads(sample);
  equal('every finding that leads is listed', await page.locator('.finding').count(), want.length);
  const said = n => `显示${n}条，共${want.length}条`;
  equal('how many are shown is announced', await page.locator('#shown').textContent(), said(want.length));
  for (const severity of ['error', 'warning', 'info']) {
    await page.locator('#filter [name=s]').selectOption(severity);
    const n = want.filter(f => f.severity === severity).length;
    equal(`${severity} alone`, await shown(), n);
    equal('and announced', await page.locator('#shown').textContent(), said(n));
  }
  await page.locator('#filter button[type=reset]').click();
  await page.waitForFunction(n => document.querySelectorAll('.finding:not([hidden])').length === n, want.length);
  const { rule, agency } = want.find(f => f.severity === 'error' && f.cell);
  await page.locator('#filter [name=r]').selectOption(rule);
  equal('a rule alone', await shown(), want.filter(f => f.rule === rule).length);
  await page.locator('#filter [name=a]').selectOption({ label: `${agency} ${want.filter(f => f.agency === agency).length}` });
  equal('rule and agency', await shown(), want.filter(f => f.rule === rule && f.agency === agency).length);
  await page.locator('#filter button[type=reset]').click();
  const settled = want.filter(f => f.status === 'explained');
  check('the sample has something explained', settled.length > 0);
  await page.locator('#filter [name=t]').selectOption('explained');
  equal('a status alone', await shown(), settled.length);
  check('the reason is published', (await page.locator('.finding:visible .message').first().textContent()) === settled[0].message);
  await page.locator('#filter button[type=reset]').click();
  // Words anywhere in a finding, full width or not, in any order.
  const file = want.find(f => f.report).report;
  await page.locator('#filter [name=q]').fill(file);
  const hits = await page.locator('.finding:visible').allTextContents();
  check('a search shows what has the words', hits.length > 0 && hits.length < want.length && hits.every(t => t.includes(file)), hits.length);
  await page.locator('#filter [name=q]').fill('没有这样的词');
  equal('a search without a hit says so', await page.locator('#shown').textContent(), said(0));
  // From the rules page to the findings of a rule, and from a finding to its rule.
  await page.goto(at(sample, 'rules.html'));
  await page.locator(`a[href="index.html#rule=${rule}"]`).click();
  await page.waitForSelector('#filter:visible');
  equal('the findings of a rule', await shown(), want.filter(f => f.rule === rule).length);
  await page.locator('.finding:visible .facts a', { hasText: '规则说明' }).first().click();
  check('a finding leads to its rule', page.url().endsWith(`rules.html#${rule}`) && await page.locator(`article#${rule}`).isVisible(), page.url());
  await page.context().close();
}

async function decisions() {
  const page = await open(browser, { acceptDownloads: true });
  await page.goto(at(hostile, 'index.html'));
  const items = page.locator('#open > .finding');
  const keys = [await items.nth(0).getAttribute('data-k'), await items.nth(1).getAttribute('data-k')];
  await items.nth(0).locator('.act button').click();
  await page.locator('#decide button[type=submit]').click();
  check('a decision needs a reason', (await page.locator('#decide-error').textContent()) !== '' && await page.locator('#decide').isVisible());
  await page.locator('#decide input[value=waived]').check();
  await page.locator('#decide [name=reason]').fill('=1+1，电话核实,"原件"\n如此');
  await page.locator('#decide [name=by]').fill('-王某');
  await page.locator('#decide [name=date]').fill('2025-02-14');
  await page.locator('#decide button[type=submit]').click();
  check('focus goes back', await items.nth(0).locator('.act button').evaluate(b => b === document.activeElement));
  check('the finding says so', (await items.nth(0).locator('.decided').textContent()).includes('不追究'));
  await items.nth(1).locator('.act button').click();
  await page.locator('#decide input[value=explained]').check();
  await page.locator('#decide [name=reason]').fill('属实');
  equal('the name is kept', await page.locator('#decide [name=by]').inputValue(), '-王某');
  check('the day is filled in', /^\d{4}-\d\d-\d\d$/.test(await page.locator('#decide [name=date]').inputValue()));
  await page.locator('#decide [name=date]').fill('2025-02-15');
  await page.locator('#decide button[type=submit]').click();
  // They are still there after a look at another page.
  await page.reload();
  const lines = csv(await page.locator('#lines').inputValue());
  equal('two lines', lines.length, 2);
  check('a line is read back as it was meant', JSON.stringify(lines) === JSON.stringify([
    [keys[0], 'waived', `'=1+1，电话核实,"原件" 如此`, `'-王某`, '2025-02-14'],
    [keys[1], 'explained', '属实', `'-王某`, '2025-02-15'],
  ]), lines);
  await page.locator('#copy').click();
  await page.waitForFunction(() => document.getElementById('copied').textContent !== '');
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#save').click()]);
  equal('its name', download.suggestedFilename(), 'decisions.csv');
  await download.saveAs(path.join(downloads, 'decisions.csv'));
  writeFileSync(path.join(downloads, 'keys.txt'), keys.join('\n'));
  // Where the browser lets no page copy, the lines are selected.
  await page.evaluate(() => { Object.defineProperty(navigator, 'clipboard', { value: undefined }); document.execCommand = () => false; });
  await page.locator('#copy').click();
  check('told to press Ctrl+C', (await page.locator('#copied').textContent()).includes('Ctrl+C'));
  equal('everything is selected', await page.evaluate(() => String(document.getElementById('lines').value.slice(document.getElementById('lines').selectionStart, document.getElementById('lines').selectionEnd)).split('\n').length), 2);
  await page.locator('#basket-list button').first().click();
  equal('one is taken back', csv(await page.locator('#lines').inputValue()).length, 1);
  await page.locator('#clear').click();
  check('all are taken back', !(await page.locator('#basket').isVisible()));
  await page.context().close();
}

// Opens the parts of the figure at a position and proves them against data/district.csv.
async function proveParts(page, position, district, group, yearShown, cells) {
  await page.locator(`#sums td[data-c="${position}"] button`).click();
  await page.waitForSelector('#panel[open] #parts');
  const row = district.find(r => r.group === group && r.year === yearShown && r.cell === cells[position]);
  const panel = page.locator('#panel');
  const rows = await panel.locator('tbody tr').evaluateAll(list => list.map(tr => ({
    name: tr.cells[0].querySelector('bdi').textContent, text: tr.cells[1].textContent, state: tr.cells[2].textContent,
    source: tr.cells[3].textContent, lacks: tr.classList.contains('lacks'), known: tr.dataset.known, group: tr.dataset.group, elsewhere: tr.cells[2].textContent.includes('填在另一表式的行中'),
  })));
  const shown = await panel.locator('.sum').textContent();
  if (!row || row.value === '') equal(`${cells[position]}: nothing is known`, shown, '空白');
  else {
    equal(`${cells[position]} is the sum of data/district.csv`, millionths(shown), millionths(row.value));
    const parts = rows.filter(r => r.group !== undefined || r.known === '1').map(r => r.state.includes('按0计') ? 0n : millionths(r.text));
    check(`${cells[position]}: every part is a number`, parts.every(p => p !== null), rows.filter(r => r.known === '1'));
    equal(`${cells[position]} ${group} ${yearShown} is the sum of its parts`, parts.reduce((a, b) => a + (b ?? 0n), 0n), millionths(row.value));
  }
  if (row && !rows.some(r => r.group !== undefined)) {
    // Who gives the figure in another form's row is told apart from who does not give it.
    equal(`${cells[position]}: who is missing is marked`, rows.filter(r => r.lacks || r.elsewhere).length, Number(row.missing));
    equal(`${cells[position]}: bound or not`, shown.startsWith('≥') || shown.includes('不完整'), rows.some(r => r.lacks) && row.value !== '');
  }
  return rows;
}
// The cells of a year, as its side script has them.
const cellsOf = (folder, y) => {
  let held;
  new Function('nianbao', readFileSync(path.join(folder, `page/${y}.js`), 'utf8'))((_, value) => { held = value; });
  return held.cells;
};

async function drillDown() {
  const page = await open(browser);
  await page.goto(at(sample, 'index.html'));
  const district = table(path.join(sample, 'data/district.csv'));
  const root = district[0].group;
  let states = '';
  const cells = cellsOf(sample, year(sample));
  // Some of all tables, and cells that somebody left blank, filled with words, did not have, or that were corrected.
  const read = table(path.join(sample, 'data/cells.csv')).filter(c => c.year === year(sample));
  const first = fits => cells.indexOf(read.find(c => fits(c) && cells.includes(c.cell))?.cell);
  const special = ['blank', 'text', 'absent', 'none'].map(state => first(c => c.state === state));
  const chosen = new Set([...cells.keys()].filter(p => p % 13 === 0).concat(special, first(c => c.derived === 'correction')));
  for (const position of [...chosen].filter(p => p >= 0)) {
    const rows = await proveParts(page, position, district, root, year(sample), cells);
    states += rows.map(r => r.state + r.source).join('|');
    await page.keyboard.press('Escape');
  }
  for (const word of ['未报送', '由勾稽关系推得', '按0计', '已更正，报告原为', '原文', '第2个表格第', '.docx']) {
    check(`the parts say ${word}`, states.includes(word));
  }
  // The link of a part leads to the very cell of the agency's page.
  const position = cells.findIndex(c => c.endsWith('.total'));
  await proveParts(page, position, district, root, year(sample), cells);
  await page.locator('#panel tbody a').first().click();
  await page.waitForSelector('td:target');
  equal('the cell', await page.locator('td:target').getAttribute('id'), cells[position]);
  await page.goBack();
  // An older year of another generation of the form.
  const before = '2020';
  await page.locator('#choose [name=year]').selectOption(before);
  await page.waitForFunction(y => document.getElementById('chosen').textContent.includes(y), before);
  const old = cellsOf(sample, before);
  for (let p = 0; p < old.length; p += 29) {
    await proveParts(page, p, district, root, before, old);
    await page.keyboard.press('Escape');
  }
  await page.locator('#choose [name=year]').selectOption(year(sample));
  await page.context().close();
}

async function levels() {
  const page = await open(browser);
  await page.goto(at(city, 'index.html'));
  const district = table(path.join(city, 'data/district.csv'));
  const root = district[0].group, y = year(city);
  const cells = cellsOf(city, y);
  const received = cells.findIndex(c => c.endsWith('.total'));
  const rows = await proveParts(page, received, district, root, y, cells);
  const groups = rows.filter(r => r.group !== undefined);
  equal('districts stand between city and agencies', groups.length, new Set(district.map(r => r.group_id)).size - 1);
  check('and agencies of the city itself beside them', rows.some(r => r.group === undefined));
  // Into a district and back to the city.
  await page.locator('#panel tbody tr[data-group] button').first().click();
  const inside = groups[0].name;
  equal('the sum of the district', millionths(await page.locator('#panel .sum').textContent()),
    millionths(district.find(r => r.group === inside && r.year === y && r.cell === cells[received]).value));
  check('the focus stays in the panel', await page.evaluate(() => document.getElementById('panel').contains(document.activeElement)));
  await page.locator('#panel .crumbs button').first().click();
  await page.locator('#flat').check();
  check('every agency can be listed', await page.locator('#panel tbody tr[data-group]').count() === 0 && await page.locator('#panel tbody tr').count() > rows.length);
  await page.locator('#flat').uncheck();
  await page.locator('#order').click();
  const figures = (await page.locator('#parts tbody td:nth-child(2)').allTextContents()).map(t => Number(t.replace(/[≥*†]/g, '')));
  check('the largest first', figures.every((f, i) => !i || figures[i - 1] >= f), figures);
  await page.keyboard.press('Escape');
  // The tables and the series of a district.
  await page.locator('#choose [name=group]').selectOption('1');
  await page.waitForFunction(g => document.getElementById('chosen').textContent.includes(g), inside);
  await page.waitForFunction(g => document.getElementById('years-of').textContent.includes(g), inside);
  for (let p = 0; p < cells.length; p += 40) {
    await proveParts(page, p, district, inside, y, cells);
    await page.keyboard.press('Escape');
  }
  await page.context().close();
}

async function keyboard() {
  const page = await open(browser);
  await page.goto(at(sample, 'index.html'));
  await page.keyboard.press('Tab');
  equal('the first stop skips the head', await page.evaluate(() => document.activeElement.className), 'skip');
  await page.keyboard.press('Enter');
  equal('to the content', await page.evaluate(() => document.activeElement.id), 'main');
  await page.locator('#choose [name=year]').focus();
  for (let i = 0; i < 6 && !(await page.evaluate(() => document.activeElement.matches('#sums td button'))); i++) await page.keyboard.press('Tab');
  const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  equal('the focus can be seen', ring, 'solid');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#panel[open] #parts');
  for (let i = 0; i < 90; i++) {
    await page.keyboard.press('Tab');
    const where = await page.evaluate(() => document.activeElement === document.body || document.getElementById('panel').contains(document.activeElement));
    if (!where) { check('the focus stays in the panel', false, i); break; }
  }
  await page.keyboard.press('Escape');
  check('and comes back', await page.evaluate(() => document.activeElement.matches('#sums td button')));
  await page.locator('#open .act button').first().focus();
  await page.keyboard.press('Enter');
  await page.locator('#decide [name=reason]').focus();
  await page.keyboard.type('属实');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  check('a decision by keyboard', await page.locator('#basket').isVisible());
  await page.context().close();
}

async function markedParts() {
  const page = await open(browser);
  const finding = leads(sample).find(f => f.cell && !f.cell.includes(';') && f.severity === 'error');
  await page.goto(at(sample, 'index.html'));
  const position = cellsOf(sample, year(sample)).indexOf(finding.cell);
  await page.locator(`#sums td[data-c="${position}"] button`).click();
  await page.waitForSelector('#panel[open] #parts');
  const mark = page.locator('#parts tbody tr', { hasText: finding.agency }).locator('a.mark');
  check('a part with an open error is marked, not by colour alone', await mark.isVisible() && (await mark.getAttribute('aria-label')).length > 0);
  await mark.click();
  await page.waitForSelector('.finding:target');
  equal('and leads to the finding', await page.locator('.finding:target').getAttribute('data-k'), finding.key.split('#')[0]);
  check('the panel gives way to it', !(await page.locator('#panel').isVisible()));
  await page.context().close();
}

async function ownPage() {
  const page = await open(browser);
  const finding = leads(sample).find(f => f.cell && f.severity === 'error');
  await page.goto(at(sample, agencyPage(sample)));
  const id = finding.cell.split(';')[0];
  const cell = page.locator(`td[id="${id}"]`);
  check('the cell is marked, not by colour alone', (await cell.getAttribute('class')).includes('error') && await cell.locator('a.mark').isVisible());
  await cell.locator('a.mark').click();
  await page.waitForSelector('.finding:target');
  equal('and leads to the finding', await page.locator('.finding:target').getAttribute('data-k'), finding.key.split('#')[0]);
  await cell.locator('button').click();
  await page.waitForSelector('#panel[open] #parts');
  const shown = await page.locator('#parts tbody tr').evaluateAll(list => list.map(tr => [tr.cells[0].textContent, tr.cells[1].textContent]));
  const cells = table(path.join(sample, 'data/cells.csv')).filter(c => c.agency_id === finding.agency_id && c.cell === id && c.value !== '');
  check('the cell has a past', cells.length > 1);
  for (const c of cells) equal(`${id} in ${c.year}`, millionths(shown.find(r => r[0] === c.year)[1]), millionths(c.value));
  await page.context().close();
}

async function printed() {
  const page = await open(browser);
  await page.goto(at(sample, 'index.html'));
  await page.emulateMedia({ media: 'print' });
  for (const gone of ['nav.toc', '#filter', '#choose', '.act']) check(`${gone} is not printed`, !(await page.locator(gone).first().isVisible()));
  for (const there of ['#summary .tile', '.finding .message', '#sums table', '#series table', '#agencies table']) check(`${there} is printed`, await page.locator(there).first().isVisible());
  const pdf = await page.pdf({ preferCSSPageSize: true });
  check('A4 upright', /MediaBox \[0 0 59[45][.\d]* 84[12][.\d]*\]/.test(pdf.toString('latin1')), /MediaBox[^\]]*\]/.exec(pdf.toString('latin1'))?.[0]);
  await page.context().close();
}

async function hostileNames() {
  const names = table(path.join(hostile, 'data/coverage.csv')).filter(r => r.year === year(hostile)).map(r => r.agency);
  const page = await open(browser);
  await page.goto(at(hostile, 'index.html'));
  const text = await page.locator('#agencies').evaluate(e => e.textContent);
  // Marks that turn the direction of text are not seen and would turn what stands around the name: pages leave them out.
  const seen = name => name.replace(/[\u202a-\u202e\u2066-\u2069]/g, '');
  for (const name of names) check('a name is shown whole', text.includes(seen(name)), name);
  const district = table(path.join(hostile, 'data/district.csv'));
  const cells = cellsOf(hostile, year(hostile));
  let states = '';
  for (const position of [0, 30, 77, 160, 199]) {
    const rows = await proveParts(page, position, district, district[0].group, year(hostile), cells);
    states += rows.map(r => r.state).join('|');
    await page.keyboard.press('Escape');
  }
  for (const word of ['空白，原件未填', '按0计', '文字，未计入', '未报送']) check(`the parts say ${word}`, states.includes(word), states.slice(0, 200));
  await page.locator('#sums td[data-c] button').nth(20).click();
  await page.waitForSelector('#parts');
  const panel = await page.locator('#panel').evaluate(e => e.textContent);
  for (const name of names) check('a name is shown whole among the parts', panel.includes(name), name);
  check('a hostile place is text', panel.includes('</script><script>'), panel.slice(0, 300));
  await page.keyboard.press('Escape');
  for (const link of await page.locator('#agencies tbody th a').evaluateAll(list => list.map(a => a.href))) {
    await page.goto(link);
    const title = await page.locator('h1').textContent();
    check('the page of a hostile name has it whole', names.some(n => title.startsWith(seen(n))), title);
  }
  check('nothing was executed', !(await page.evaluate(() => 'hacked' in window)));
  await page.context().close();
}

async function withoutScript() {
  const page = await open(browser, { javaScriptEnabled: false });
  await page.goto(at(sample, 'index.html'));
  check('it says what needs a script', await page.locator('noscript').isVisible());
  for (const there of ['.finding', '#sums table', '#series table', '#agencies a']) check(`${there} without script`, await page.locator(there).first().isVisible());
  for (const gone of ['#filter', '#choose', '#basket']) check(`${gone} needs a script`, !(await page.locator(gone).isVisible()));
  await page.context().close();
}

async function inEnglish() {
  const page = await open(browser);
  await page.goto(at(english, 'index.html'));
  await page.locator('#sums td[data-c] button').first().click();
  await page.waitForSelector('#parts');
  const text = await page.evaluate(() => document.title + document.body.innerText + document.getElementById('panel').innerText);
  check('no Chinese character', !/[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]/.test(text), /.{0,40}[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef].{0,20}/.exec(text)?.[0]);
  await page.context().close();
}

// Two at a time: every part has pages of its own.
const parts = [light, dark, narrow, findings, decisions, drillDown, levels, keyboard, markedParts, ownPage, printed, hostileNames, withoutScript, inEnglish];
async function lane() {
  for (let part = parts.shift(); part; part = parts.shift()) {
    const begun = Date.now();
    try {
      await part();
    } catch (error) {
      check(part.name, false, error.stack);
    }
    console.log(`${part.name} ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  }
}
await Promise.all([lane(), lane()]);
await browser.close();
closing();
