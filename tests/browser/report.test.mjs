// The HTML reports as a person opens them: from a file, in a real browser, with everything against them.
import assert from 'node:assert/strict';
import {mkdirSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {pathToFileURL} from 'node:url';
import {clipped, launch, pages_of, sticking_out, violations, watch} from './chromium.mjs';
import {folder, lab, policy, run} from './clawback.mjs';
import {attacks, evidence} from './hostile.mjs';

const wide = {width: 1280, height: 800};
const phone = {width: 320, height: 640};
const paper = {width: 718, height: 1040};  // A4 between margins of 1 cm

let browser, demo, said, hostile;

before(async () => {
  demo = join(folder('demo'), 'out');
  hostile = folder('hostile');
  writeFileSync(join(hostile, 'evidence.json'), JSON.stringify(evidence()));
  const input = ['--evidence', join(hostile, 'evidence.json'), '--policy', policy, '--no-state', '--now', '2026-11-23T10:00:00Z'];
  [said] = await Promise.all([
    run(0, 'demo', '--keep', demo),
    run(3, 'scan', ...input, '--report', join(hostile, 'scan.html')),
    run(3, 'plan', ...input, '--report', join(hostile, 'plan.html'), '-o', join(hostile, 'plan.json'))]);
  browser = await launch();
});
after(() => browser?.close());

const html_in = path => readdirSync(path).filter(name => name.endsWith('.html')).map(name => join(path, name));
const reports = () => [...html_in(demo), ...html_in(hostile)];

// A context of its own, the report in it, and what it did while `look` looked at it.
async function open(file, options, look) {
  const context = await browser.newContext({viewport: wide, ...options});
  try {
    const page = await context.newPage();
    const seen = watch(page);
    await page.goto(pathToFileURL(file).href);
    await look(page);
    assert.deepEqual(seen.said, [], `${file} says something`);
    assert.deepEqual(seen.requests, [pathToFileURL(file).href], `${file} asks for something`);
  } finally {
    await context.close();
  }
}

async function each(options, look) {
  for (const file of reports()) await open(file, options, page => look(page, file));
}

test('demo leaves reports and prints where they are', () => {
  const left = html_in(demo);
  assert.ok(left.length >= 2, `${left.length} reports`);
  for (const file of left) assert.ok(said.out.includes(file), `${file} is not printed`);
});

test('a report points nowhere: every link stays in it, nothing is loaded', () => each({}, async (page, file) => {
  const outside = await page.evaluate(() => {
    const out = [];
    for (const element of document.querySelectorAll('*')) {
      for (const {name, value} of element.attributes) {
        if (['src', 'srcset', 'srcdoc', 'action', 'formaction', 'data', 'ping', 'poster', 'background'].includes(name) || name.startsWith('on')) {
          out.push(`${element.tagName} ${name}=${value}`);
        }
        if (/(^|:)href$/.test(name) && !value.startsWith('#')) out.push(`${element.tagName} ${name}=${value}`);
        if (name === 'style' || name === 'fill' || name === 'stroke') if (/url\((?!#)/.test(value)) out.push(value);
      }
    }
    for (const style of document.querySelectorAll('style')) {
      if (/@import|url\(/.test(style.textContent)) out.push('a style that loads');
    }
    const tags = 'script, iframe, object, embed, base, form, link, img, video, audio, foreignObject, meta[http-equiv=refresh i]';
    for (const element of document.querySelectorAll(tags)) out.push(element.outerHTML.slice(0, 100));
    return out;
  });
  assert.deepEqual(outside, [], file);
}));

test('every link in a report leads to something in it', () => each({}, async (page, file) => {
  const lost = await page.evaluate(() => [...document.querySelectorAll('a[href^="#"]')]
    .map(link => link.getAttribute('href')).filter(to => to !== '#' && !document.getElementById(decodeURIComponent(to.slice(1)))));
  assert.deepEqual(lost, [], file);
  const twice = await page.evaluate(() => {
    const ids = [...document.querySelectorAll('[id]')].map(one => one.id);
    return ids.filter((id, at) => ids.indexOf(id) !== at);
  });
  assert.deepEqual(twice, [], `${file}: an id stands twice`);
}));

test('a report is a document: title, language, one main heading, a main part', () => each({}, async (page, file) => {
  assert.match(await page.title(), /\S/, file);
  assert.equal(await page.getAttribute('html', 'lang'), 'en', file);
  assert.equal(await page.locator('h1').count(), 1, file);
  assert.equal(await page.locator('main').count(), 1, file);
  // And if a name were ever written as it is, the browser would still not act on it.
  const rules = await page.getAttribute('meta[http-equiv="Content-Security-Policy"]', 'content');
  assert.equal(rules, "default-src 'none'; style-src 'unsafe-inline'; img-src data:", file);
}));

test('axe-core has nothing to say: light and wide', () => each({colorScheme: 'light'}, async (page, file) => {
  assert.deepEqual(await violations(page), [], file);
}));

test('axe-core has nothing to say: dark, on a phone', () => each({colorScheme: 'dark', viewport: phone}, async (page, file) => {
  assert.deepEqual(await violations(page), [], file);
}));

test('dark is dark and light is light', () => each({colorScheme: 'dark'}, async (page, file) => {
  const ground = () => page.evaluate(() => {
    const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number);
    return (red + green + blue) / 3;
  });
  assert.ok(await ground() < 60, `${file}: dark`);
  await page.emulateMedia({colorScheme: 'light'});
  assert.ok(await ground() > 200, `${file}: light`);
}));

test('nothing sticks out: 320 px, 1280 px, letters twice as large', () => each({}, async (page, file) => {
  assert.deepEqual(await sticking_out(page), [], `${file} at 1280 px`);
  await page.setViewportSize(phone);
  assert.deepEqual(await sticking_out(page), [], `${file} at 320 px`);
  await page.setViewportSize(wide);
  await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
  assert.deepEqual(await sticking_out(page), [], `${file} with large letters`);
}));

test('it prints, and nothing is cut off on paper', () => each({viewport: paper, colorScheme: 'dark'}, async (page, file) => {
  await page.emulateMedia({media: 'print'});
  assert.deepEqual(await clipped(page), [], file);
  const [red] = await page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number));
  assert.equal(red, 255, `${file}: white paper`);
  const pdf = await page.pdf({format: 'A4', margin: {left: '1cm', right: '1cm', top: '1cm', bottom: '1cm'}});
  assert.ok(pages_of(pdf) > 0, file);
}));

test('without scripts it says the same', () => each({javaScriptEnabled: false}, async (page, file) => {
  const without = await page.locator('main').innerText();
  const context = await browser.newContext({viewport: wide});
  const other = await context.newPage();
  await other.goto(pathToFileURL(file).href);
  assert.equal(without, await other.locator('main').innerText(), file);
  await context.close();
}));

test('hostile names are shown, and do nothing', async () => {
  for (const file of html_in(hostile)) {
    await open(file, {}, async page => {
      // Everything that can be pointed at, opened or focused is.
      await page.evaluate(() => {
        for (const one of document.querySelectorAll('details')) one.open = true;
        for (const one of document.querySelectorAll('a, summary, [tabindex]')) one.focus();
      });
      await page.mouse.move(300, 300);
      await page.waitForTimeout(200);
      assert.equal(await page.evaluate(() => window.__pwned), undefined, file);
      const text = await page.evaluate(() => document.body.textContent);
      for (const raw of ['\u202E', '\u200B', '\u001B', '\u2066', '\uFEFF']) {
        assert.ok(!text.includes(raw), `${file}: U+${raw.codePointAt(0).toString(16)} stands there as it is`);
      }
      if (file.endsWith('scan.html')) {
        for (const attack of attacks.slice(0, 13)) assert.ok(text.includes(attack), `${file}: ${attack} is missing`);
      }
    });
  }
});

test('the plan of the hostile tenant has a name of theirs in it', async () => {
  await open(join(hostile, 'plan.html'), {}, async page => {
    assert.ok((await page.textContent('main')).includes(attacks[0]));
  });
});

// For docs/: of a tenant that is always the same. Compared with nothing, but they show what there is.
test('pictures of the report', {skip: !process.env.CLAWBACK_SCREENSHOTS}, async () => {
  const images = process.env.CLAWBACK_SCREENSHOTS;
  mkdirSync(images, {recursive: true});
  const tenant = await lab();
  const report = join(tenant.place, 'findings.html');
  await tenant.run(3, 'scan', '--now', '2026-11-23T10:00:00Z', '--report', report);
  const looks = {
    report: {viewport: {width: 1180, height: 900}, colorScheme: 'light'},
    'report-dark': {viewport: {width: 1180, height: 900}, colorScheme: 'dark'},
    'report-phone': {viewport: {width: 390, height: 844}, colorScheme: 'light'}};
  for (const [name, look] of Object.entries(looks)) {
    await open(report, look, page => page.screenshot({path: join(images, `${name}.png`)}));
  }
  await tenant.stop();
});
