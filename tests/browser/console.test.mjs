// The web console as people and attackers meet it: a real browser, the lab's sign-in, `clawback serve` as a process.
import assert from 'node:assert/strict';
import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {launch, sticking_out, violations, watch} from './chromium.mjs';
import {lab, run} from './clawback.mjs';
import {believe, console_config, people, send, serve, website} from './console.mjs';
import {attacks, evidence} from './hostile.mjs';

const wide = {width: 1280, height: 800};
const phone = {width: 320, height: 640};
const fixed = ['/findings', '/plans', '/runs', '/rules', '/catalog', '/health'];
const images = process.env.CLAWBACK_SCREENSHOTS;

let tenant, house, browser, ana, bo, viewer, everyone, plan_id, plan_file, run_id, undo_id;

before(async () => {
  tenant = await lab('--latency', '30');
  await tenant.run(3, 'run');
  [plan_id] = readdirSync(join(tenant.place, 'plans')).map(name => name.replace('.json', ''));
  plan_file = join(tenant.place, 'plans', `${plan_id}.json`);
  everyone = people(tenant);
  const users = JSON.parse((await tenant.run(0, 'collect', '-o', join(tenant.place, 'collected')), readFileSync(join(tenant.place, 'collected/evidence.json'), 'utf8'))).users;
  const third = users.find(user => user.accountEnabled && !everyone.some(one => one.object === user.id));
  viewer = {name: 'Vera Lindqvist', object: third.id};
  house = await serve(console_config(tenant, 'console.toml', with_viewer));
  browser = await launch(await believe(tenant));
});
after(async () => {
  await browser?.close();
  await house?.stop();
  await tenant?.stop();
});

const tenant_id = () => readFileSync(tenant.config, 'utf8').match(/^id = "([^"]+)"/m)[1];
const with_viewer = text => `${text}\n[[approver]]\nname = "${viewer.name}"\nrole = "viewer"\nentra = { tenant = "${tenant_id()}", object = "${viewer.object}" }\n`;

// A browser of somebody's own; nothing is signed in yet.
async function somebody(options = {}) {
  const context = await browser.newContext({viewport: wide, ...options});
  const page = await context.newPage();
  return {context, page, seen: watch(page), close: () => context.close()};
}

// At the lab's sign-in page, in the place of typing a password.
async function sign_in_at_lab(page, person) {
  await page.waitForURL(url => url.origin === tenant.url);
  await page.goto(`${page.url()}&login_hint=${person.object}`, {waitUntil: 'commit'});
  await page.waitForURL(url => url.origin !== tenant.url);
}

async function signed_in(person, options = {}, at = house) {
  const one = await somebody(options);
  await one.page.goto(at.url);
  await one.page.click('form[action="/sign-in"] button');
  await sign_in_at_lab(one.page, person);
  await one.page.getByText(person.name).first().waitFor();
  return {...one, person};
}

// It said nothing, and spoke to nobody but the console and, to sign in, to Entra.
function quiet(one, at = house) {
  // The browser says of every page with an error status that it has one.
  const said = one.seen.said.filter(text => !/^console error: Failed to load resource: the server responded with a status of (401|403|404) /.test(text));
  assert.deepEqual(said, []);
  const elsewhere = one.seen.requests.filter(url => ![at.url, tenant.url].includes(new URL(url).origin) && !url.startsWith('data:'));
  assert.deepEqual(elsewhere, []);
}

async function fine(page, what) {
  assert.deepEqual(await violations(page), [], what);
  assert.deepEqual(await sticking_out(page), [], what);
}

async function picture(page, name) {
  if (!images) return;
  mkdirSync(images, {recursive: true});
  const size = page.viewportSize();
  await page.setViewportSize({width: 1180, height: 900});
  await page.screenshot({path: join(images, `console-${name}.png`)});
  await page.setViewportSize(size);
}

const session_of = async one => (await one.context.cookies(house.url)).find(cookie => cookie.name === '__Host-clawback')?.value;
const main = page => page.locator('main').innerText();
const approvals = file => existsSync(`${file}.approvals`) ? readFileSync(`${file}.approvals`, 'utf8').trim().split('\n').filter(Boolean) : [];
const form = (page, decision) => page.locator(`form:has(input[name=decision][value=${decision}])`);

test('a stranger is asked to sign in, and sees nothing else', async () => {
  const one = await somebody();
  for (const path of ['/', ...fixed, `/plans/${plan_id}`]) {
    await one.page.goto(house.url + path);
    assert.equal(await one.page.locator('form').count(), 1, path);
    assert.equal(await one.page.locator('form[action="/sign-in"]').count(), 1, path);
    assert.doesNotMatch(await one.page.content(), /PERFECTDATA|eM Client|sha256:/, path);
  }
  await fine(one.page, 'the sign-in page');
  quiet(one);
  await one.close();
  for (const path of ['/healthz', '/readyz', '/metrics']) {
    const answer = await send(house.url + path);
    assert.equal(answer.status, 200, path);
    assert.doesNotMatch(answer.text, /PERFECTDATA|contoso|sha256:/, path);
  }
  for (const path of ['/runs/x/events', '/plans/x', '/cases/x']) {
    assert.doesNotMatch((await send(house.url + path)).text, /PERFECTDATA|^(data|event):/m, path);
  }
});

test('the headers of every answer hold a browser back', async () => {
  for (const path of ['/', '/findings', '/nowhere', '/static/console.css', '/healthz']) {
    const {headers} = await send(house.url + path);
    const rules = Object.fromEntries((headers['content-security-policy'] ?? '').split(';').map(rule => {
      const [name, ...sources] = rule.trim().split(' ');
      return [name, sources.join(' ')];
    }));
    for (const name of ['default-src', 'frame-ancestors', 'base-uri']) assert.equal(rules[name], "'none'", `${path} ${name}`);
    for (const [name, sources] of Object.entries(rules)) {
      const allowed = name === 'img-src' ? ["'self'", "'self' data:", "'none'"] : ["'self'", "'none'"];
      assert.ok(allowed.includes(sources), `${path} ${name} ${sources}`);
    }
    assert.equal(headers['x-content-type-options'], 'nosniff', path);
    assert.match(headers['referrer-policy'] ?? '', /no-referrer|same-origin/, path);
    assert.equal(headers.server, undefined, path);
    if (!path.startsWith('/static')) assert.match(headers['cache-control'] ?? '', /no-store/, path);
  }
});

test('people sign in at Entra, with cookies that stay here', async () => {
  ana = await signed_in(everyone[0]);
  bo = await signed_in(everyone[1]);
  const cookies = await ana.context.cookies(house.url);
  assert.ok(cookies.some(cookie => cookie.name === '__Host-clawback'), JSON.stringify(cookies.map(one => one.name)));
  for (const cookie of cookies) {
    assert.ok(cookie.name.startsWith('__Host-'), cookie.name);
    assert.ok(cookie.httpOnly && cookie.secure && cookie.path === '/', cookie.name);
    assert.match(cookie.sameSite, cookie.name === '__Host-clawback' ? /Strict/ : /Strict|Lax/, cookie.name);
  }
  assert.doesNotMatch(ana.page.url(), /code=|state=/, 'no code stays in the address');
  quiet(ana);
});

test('a session that somebody else chose is not taken on', async () => {
  const one = await somebody();
  await one.page.goto(house.url);
  const planted = 'A'.repeat(43);
  await one.context.addCookies([{name: '__Host-clawback', value: planted, domain: 'localhost', path: '/', httpOnly: true, secure: true, sameSite: 'Strict'}]);
  await one.page.goto(house.url);
  await one.page.click('form[action="/sign-in"] button');
  await sign_in_at_lab(one.page, everyone[0]);
  await one.page.getByText(everyone[0].name).first().waitFor();
  assert.notEqual(await session_of(one), planted);
  assert.doesNotMatch((await send(house.url, {headers: {Cookie: `__Host-clawback=${planted}`}})).text, /PERFECTDATA/);
  await one.close();
});

test('the findings are there, and can be filtered', async () => {
  const {page} = ana;
  await page.goto(house.url);
  const rows = page.locator('tbody tr');
  const all = await rows.count();
  assert.ok(all >= 7, `${all} findings`);
  assert.match(await main(page), /PERFECTDATA SOFTWARE/);
  await picture(page, 'findings');
  await page.selectOption('select[name=verdict]', 'watch');
  await page.click('form[role=search] button');
  assert.equal(await rows.count(), 1);
  await page.goto(`${house.url}/findings`);
  await page.fill('input[name=text]', 'perfectdata');
  await page.keyboard.press('Enter');
  await page.waitForURL(/text=perfectdata/);
  assert.equal(await rows.count(), 1);
  await page.fill('input[name=text]', '"><img src=x onerror=window.__pwned=1>');
  await page.keyboard.press('Enter');
  await page.waitForURL(/onerror/);
  assert.equal(await page.inputValue('input[name=text]'), '"><img src=x onerror=window.__pwned=1>');
  assert.equal(await rows.count(), 0);
  quiet(ana);
});

test('a case says why, and which plan acts on it', async () => {
  const {page} = ana;
  await page.goto(house.url);
  await page.click('a:has-text("PERFECTDATA")');
  const text = await main(page);
  assert.match(text, /ff8d92dc-3d82-41d6-bcbd-b9174d163620/);
  assert.match(text, /Signals/);
  await picture(page, 'case');
  await page.click(`a[href="/plans/${plan_id}"]`);
  assert.match(await main(page), /sha256:/);
  quiet(ana);
});

test('every page: axe-core has nothing to say, light and dark, wide and on a phone, with and without scripts', async () => {
  await ana.page.goto(house.url);
  const found = await ana.page.getAttribute('a:has-text("PERFECTDATA")', 'href');
  const paths = [...fixed, found, `/plans/${plan_id}`, '/plans/nothing', '/findings?text=nothing+at+all'];
  const without = await browser.newContext({viewport: wide, javaScriptEnabled: false});
  await without.addCookies(await ana.context.cookies(house.url));
  const bare = await without.newPage();
  for (const path of paths) {
    await ana.page.setViewportSize(wide);
    await ana.page.emulateMedia({colorScheme: 'light'});
    const answer = await ana.page.goto(house.url + path);
    await fine(ana.page, `${path}, light`);
    await ana.page.emulateMedia({colorScheme: 'dark'});
    await ana.page.setViewportSize(phone);
    await fine(ana.page, `${path}, dark, 320 px`);
    assert.equal(await ana.page.locator('h1').count(), 1, path);
    assert.match(await ana.page.title(), /\S/, path);
    await bare.goto(house.url + path);
    assert.equal(await bare.locator('main').textContent(), await ana.page.locator('main').textContent(), `${path} without scripts`);
    assert.equal(answer.status(), path === '/plans/nothing' ? 404 : 200, path);
    if (path === '/health') {
      await ana.page.emulateMedia({colorScheme: 'light'});
      await picture(ana.page, 'health');
    }
  }
  await ana.page.setViewportSize(wide);
  await ana.page.emulateMedia({colorScheme: 'light'});
  await without.close();
  quiet(ana);
});

test('a viewer reads and has no form; a forged one is refused', async () => {
  const one = await signed_in(viewer);
  for (const path of [...fixed, `/plans/${plan_id}`]) {
    await one.page.goto(house.url + path);
    const actions = await one.page.locator('form[method=post]').evaluateAll(all => all.map(form => form.getAttribute('action')));
    assert.deepEqual(actions, ['/sign-out'], path);
  }
  const csrf = await one.page.inputValue('input[name=csrf]');
  const headers = {Cookie: `__Host-clawback=${await session_of(one)}`, Origin: house.url};
  for (const [path, more] of [[`/plans/${plan_id}/sign`, '&decision=approve&reason=x'], [`/plans/${plan_id}/sign`, '&decision=reject&reason=x'],
    [`/plans/${plan_id}/confirm`, '&nonce=x'], ['/runs/x/undo', '']]) {
    const answer = await send(house.url + path, {method: 'POST', headers, body: `csrf=${csrf}${more}`});
    assert.equal(answer.status, 403, path);
  }
  assert.deepEqual(approvals(plan_file), []);
  quiet(one);
  await one.close();
});

// Three ways to send the form of somebody who is signed in, from a page that is not ours.
test('no other website can act for who is signed in', async () => {
  for (const host of ['127.0.0.1', 'localhost']) {
    const other = await website(host);
    for (const [path, fields] of [[`/plans/${plan_id}/sign`, 'decision=reject&reason=forged'], ['/sign-out', ''], ['/sign-in', '']]) {
      const inputs = fields.split('&').filter(Boolean).map(pair => `<input name=${pair.split('=')[0]} value=${pair.split('=')[1]}>`).join('');
      other.pages.set('/form', `<!doctype html><title>x</title><form method=post action="${house.url}${path}">${inputs}<input name=csrf value=guessed></form><script>document.forms[0].submit()</script>`);
      const page = await ana.context.newPage();
      const [answer] = await Promise.all([
        page.waitForResponse(one => one.url() === house.url + path), page.goto(`${other.url}/form`).catch(() => {})]);
      assert.ok(answer.status() === 403 || answer.status() === 400, `${path} from ${host}: ${answer.status()}`);
      await page.close();
    }
    const page = await ana.context.newPage();
    await page.goto(`${other.url}/`);
    const read = await page.evaluate(async url => {
      const tries = [];
      for (const path of ['/findings', '/runs', '/metrics']) {
        tries.push(await fetch(url + path, {credentials: 'include'}).then(one => one.text(), () => 'refused'));
      }
      tries.push(await fetch(`${url}/sign-out`, {method: 'POST', credentials: 'include', body: 'csrf=x'}).then(() => 'sent', () => 'refused'));
      return tries;
    }, house.url);
    assert.deepEqual(read, ['refused', 'refused', 'refused', 'refused'], host);
    await page.close();
    other.stop();
  }
  await ana.page.goto(house.url);
  assert.match(await main(ana.page), /PERFECTDATA/, 'still signed in');
  assert.deepEqual(approvals(plan_file), []);
});

test("a form needs its own session's token", async () => {
  await bo.page.goto(`${house.url}/plans/${plan_id}`);
  const theirs = await bo.page.locator('input[name=csrf]').first().inputValue();
  await ana.page.goto(`${house.url}/plans/${plan_id}`);
  const mine = await ana.page.locator('input[name=csrf]').first().inputValue();
  assert.notEqual(mine, theirs);
  const cookie = `__Host-clawback=${await session_of(ana)}`;
  const digest = encodeURIComponent(await ana.page.locator('input[name=digest]').first().inputValue());
  const body = csrf => `csrf=${csrf}&digest=${digest}&decision=approve&reason=x`;
  const post = (csrf, headers) => send(`${house.url}/plans/${plan_id}/sign`, {method: 'POST', headers: {Cookie: cookie, ...headers}, body: body(csrf)});
  assert.equal((await post(theirs, {Origin: house.url})).status, 403, "another session's");
  assert.equal((await post('', {Origin: house.url})).status, 403, 'none');
  assert.equal((await post(mine, {Origin: 'https://attacker.example'})).status, 403, 'another origin');
  assert.equal((await post(mine, {Origin: 'null'})).status, 403, 'an origin that is hidden');
  assert.equal((await post(mine, {Origin: house.url})).status, 200, 'its own');
  for (const path of [`/plans/${plan_id}/sign`, '/runs/x/undo', '/sign-out']) {
    assert.equal((await send(house.url + path, {headers: {Cookie: cookie}})).status, 405, `GET ${path}`);
  }
});

test('no page lets itself be put in a frame', async () => {
  for (const host of ['127.0.0.1', 'localhost']) {
    const other = await website(host);
    other.pages.set('/frame', `<!doctype html><title>x</title><iframe src="${house.url}/plans/${plan_id}"></iframe>`);
    const page = await ana.context.newPage();
    await page.goto(`${other.url}/frame`);
    await page.waitForTimeout(300);
    const [, frame] = page.frames();
    assert.doesNotMatch(await frame.content(), /sha256:|clawback/, host);
    await page.close();
    other.stop();
  }
});

test('it answers to its own name only', async () => {
  const cookie = `__Host-clawback=${await session_of(ana)}`;
  for (const host of ['attacker.example', `attacker.example:${new URL(house.url).port}`, 'localhost.attacker.example', 'localhost:1']) {
    const {status, text} = await send(`${house.url}/findings`, {headers: {Host: host, Cookie: cookie}});
    assert.ok(status === 421 || status === 400 || status === 403, `${host}: ${status}`);
    assert.doesNotMatch(text, /PERFECTDATA/, host);
  }
  const other = await send(`${house.url}/findings`, {headers: {Host: `127.0.0.1:${new URL(house.url).port}`, Cookie: cookie}});
  assert.doesNotMatch(other.text, /PERFECTDATA/);
  assert.ok(other.headers.location.startsWith(`${house.url}/`), other.headers.location);
});

test('nobody is sent anywhere else', async () => {
  const cookie = `__Host-clawback=${await session_of(ana)}`;
  for (const path of ['//attacker.example', '//attacker.example/findings', '/\\attacker.example', '/?next=https://attacker.example',
    '/?code=x&state=https://attacker.example', '/?error=x&error_description=%3Cscript%3E&state=y', '/findings?to=//attacker.example',
    '/%2F%2Fattacker.example', '/cases/https:%2F%2Fattacker.example', '/runs/%0d%0aLocation:%20https:%2F%2Fattacker.example']) {
    for (const headers of [{}, {Cookie: cookie}]) {
      const answer = await send(house.url + path, {headers});
      assert.doesNotMatch(answer.headers.location ?? '', /attacker/, path);
      assert.doesNotMatch(answer.text, /<script>|http-equiv="?refresh[^>]*attacker|href="[^"]*\/\/attacker/i, path);
    }
  }
});

test("somebody else's code signs nobody in", async () => {
  // Ana's browser begins; another one is given the address that Entra would send hers to.
  const first = await somebody();
  await first.page.goto(house.url);
  await first.page.click('form[action="/sign-in"] button');
  await first.page.waitForURL(url => url.origin === tenant.url);
  const answered = await first.context.request.get(`${first.page.url()}&login_hint=${everyone[0].object}`, {maxRedirects: 0, ignoreHTTPSErrors: true});
  const back = answered.headers().location;
  assert.match(back ?? '', /code=/);
  const victim = await somebody();
  const answer = await victim.page.goto(back);
  assert.ok(answer.status() >= 400, `${answer.status()}`);
  await victim.page.goto(house.url);
  assert.equal(await victim.page.locator('form[action="/sign-in"]').count(), 1);
  await victim.close();
  await first.close();
});

// To the page of the statement; what is to be signed is on it.
async function to_statement(one, id, decision, reason) {
  await one.page.goto(`${house.url}/plans/${id}`);
  await form(one.page, decision).locator('textarea').fill(reason);
  await form(one.page, decision).locator('button').click();
  await one.page.locator('form[action$="/confirm"]').waitFor();
}

async function sign(one, id, decision, reason) {
  await to_statement(one, id, decision, reason);
  await one.page.click('form[action$="/confirm"] button');
  await sign_in_at_lab(one.page, one.person);
  await one.page.locator('nav').first().waitFor();
}

test('the page shows what is signed; whoever else signs in signs nothing', async () => {
  await to_statement(ana, plan_id, 'approve', 'case 4711 <b>agreed by phone</b>');
  const {digest} = JSON.parse(readFileSync(plan_file, 'utf8'));
  const text = await main(ana.page);
  for (const part of [digest, everyone[0].name, 'case 4711 <b>agreed by phone</b>', 'approve']) assert.ok(text.includes(part), part);
  await fine(ana.page, 'what is signed');
  await picture(ana.page, 'sign');
  await ana.page.click('form[action$="/confirm"] button');
  await ana.page.waitForURL(url => url.origin === tenant.url);
  await ana.page.goto(`${ana.page.url()}&login_hint=${everyone[1].object}`);
  await ana.page.waitForURL(url => url.origin === house.url);
  assert.deepEqual(approvals(plan_file), []);
  quiet(ana);
});

test('two people approve with a second sign-in each', async () => {
  await sign(ana, plan_id, 'approve', 'case 4711, agreed by phone');
  assert.equal(approvals(plan_file).length, 1);
  await ana.page.goto(`${house.url}/plans/${plan_id}`);
  assert.match(await main(ana.page), /1 of 2/);
  await picture(ana.page, 'plan');
  await sign(bo, plan_id, 'approve', 'seen, agreed');
  assert.equal(approvals(plan_file).length, 2);
  await bo.page.goto(`${house.url}/plans/${plan_id}`);
  assert.match(await main(bo.page), /2 of 2/);
  quiet(ana);
  quiet(bo);
});

// The page of a run that is under way, told by the stream of events what no run of this test ever comes to.
async function follows_what_it_is_told() {
  const page = await ana.context.newPage();
  const seen = watch(page);
  let told;
  const wait = new Promise(resolve => { told = resolve; });
  await page.route('**/events', async route => {
    const data = await wait;
    await route.fulfill({status: 200, contentType: 'text/event-stream', body: `id: 1\nevent: progress\ndata: ${JSON.stringify(data)}\n\n`});
  });
  await page.goto(`${house.url}/runs/${run_id}`);
  assert.equal(await page.getAttribute('#run', 'data-ended'), 'false', 'the run is under way');
  const cells = page.locator('[data-action]');
  const [first, second] = await cells.evaluateAll(all => all.map(one => ({id: one.dataset.action, phase: one.textContent})));
  await page.evaluate(() => { window.__same = true; });
  told({done: 1, all: 2, ended: false, state: '1 of 2 <b>done</b>: told by the test', actions: [
    {id: first.id, phase: 'failed'}, {id: second.id, phase: '<img src=x onerror=window.__pwned=1>'}, {id: 'nowhere', phase: 'failed'}]});
  await page.waitForFunction(() => /told by the test/.test(document.getElementById('state').textContent), null, {timeout: 10_000});
  assert.equal(await page.textContent('#state'), '1 of 2 <b>done</b>: told by the test', 'as text');
  assert.deepEqual(await page.locator('#progress').evaluate(bar => [bar.value, bar.max]), [1, 2]);
  assert.deepEqual(await cells.first().evaluate(cell => [cell.textContent, cell.className]), ['failed', 'phase-failed']);
  assert.equal(await cells.nth(1).textContent(), second.phase, 'a word that is none is not shown');
  assert.equal(await page.evaluate(() => window.__same), true, 'it is the page that was loaded');
  assert.equal(seen.requests.filter(url => url === page.url()).length, 1);
  quiet({seen});
  await page.close();
}

// The same page as it was before the end, of a run that nobody may follow any more.
async function says_that_it_is_not_told() {
  const page = await ana.context.newPage();
  await page.route(`**/runs/${run_id}`, async route => {
    const response = await route.fetch();
    await route.fulfill({response, body: (await response.text()).replace('data-ended="true"', 'data-ended="false"')});
  });
  await page.route('**/events', route => route.fulfill({status: 503, body: 'too many'}));
  await page.goto(`${house.url}/runs/${run_id}`);
  await page.waitForFunction(() => /not followed any more/.test(document.getElementById('state').textContent), null, {timeout: 10_000});
  await page.close();
}

test('the run goes through before their eyes, and without scripts they may look again', async () => {
  const sending = tenant.run(0, 'apply', plan_file, '--verify-gap', '2s');
  const link = ana.page.locator('tbody a[href^="/runs/"]').first();
  for (let tries = 0; tries < 100; ++tries) {
    await ana.page.goto(`${house.url}/runs`);
    if (await link.count()) break;
    await ana.page.waitForTimeout(200);
  }
  await link.click();
  run_id = ana.page.url().split('/').at(-1);
  const {page} = ana;
  await page.evaluate(() => { window.__same = true; });
  await follows_what_it_is_told();
  const without = await browser.newContext({javaScriptEnabled: false});
  await without.addCookies(await ana.context.cookies(house.url));
  const bare = await without.newPage();
  await bare.goto(`${house.url}/runs/${run_id}`);
  assert.match(await bare.textContent('#state'), /running/);
  // What the page says while it is the one that was loaded. When all is over it loads itself once more.
  const states = new Set();
  const until = Date.now() + 60_000;
  let over = false;
  while (!over && Date.now() < until) {
    const now = await page.evaluate(() => ({
      same: window.__same === true, state: document.getElementById('state')?.textContent,
      phases: [...document.querySelectorAll('[data-action]')].map(one => one.textContent).join(),
    })).catch(() => ({}));
    if (now.same) states.add(`${now.state}: ${now.phases}`);
    if (now.same && states.size === 3) await picture(page, 'run');
    over = now.same === false && /ended/.test(now.state ?? '');
    await page.waitForTimeout(50);
  }
  assert.ok(over, `it came to its end: ${[...states].join(' | ')}`);
  assert.ok(states.size > 0, 'it said that the run was going on, and loaded itself when it ended');
  await sending;
  assert.ok(ana.seen.requests.includes(`${house.url}/runs/${run_id}/events`));
  const phases = await page.locator('[data-action]').allTextContents();
  assert.ok(phases.length > 0 && phases.every(phase => /verified|satisfied/.test(phase)), phases.join());
  await bare.reload();
  assert.match(await bare.textContent('#state'), /ended/);
  await fine(page, 'the run');
  await says_that_it_is_not_told();
  await without.close();
  quiet(ana);
});

test('an undo is asked for on the page, and a signed no ends it', async () => {
  const {page} = ana;
  await page.goto(`${house.url}/runs/${run_id}`);
  await page.click('form[action$="/undo"] button');
  await page.waitForLoadState();
  const left = readdirSync(join(tenant.place, 'plans')).filter(name => name.endsWith('.json') && !name.includes(plan_id));
  assert.equal(left.length, 1, left.join());
  undo_id = left[0].replace('.json', '');
  await page.goto(`${house.url}/plans`);
  assert.equal(await page.locator(`a[href="/plans/${undo_id}"]`).count(), 1);
  await sign(bo, undo_id, 'reject', 'it was abuse, it stays away');
  await bo.page.goto(`${house.url}/plans/${undo_id}`);
  assert.equal(await form(bo.page, 'approve').count(), 0, 'nobody is asked any more');
  assert.match(await main(bo.page), /reject/i);
  await tenant.run(4, 'apply', join(tenant.place, 'plans', left[0]));
  quiet(ana);
  quiet(bo);
});

test('what was signed out of stays shut', async () => {
  const one = await signed_in(everyone[1]);
  const cookie = `__Host-clawback=${await session_of(one)}`;
  assert.match((await send(`${house.url}/findings`, {headers: {Cookie: cookie}})).text, /PERFECTDATA/);
  await one.page.click('form[action="/sign-out"] button');
  await one.page.locator('form[action="/sign-in"]').waitFor();
  assert.equal(await session_of(one), undefined);
  assert.doesNotMatch((await send(`${house.url}/findings`, {headers: {Cookie: cookie}})).text, /PERFECTDATA/);
  await one.page.goBack();
  assert.doesNotMatch(await one.page.content(), /PERFECTDATA/, 'not from the cache either');
  await one.close();
});

test('hostile names are shown on every page, and do nothing', async () => {
  const hostile = {...evidence(), tenant: {id: tenant_id(), name: 'contoso'}};
  const file = join(tenant.place, 'hostile.json');
  writeFileSync(file, JSON.stringify(hostile));
  const place = join(tenant.place, 'hostile');
  mkdirSync(join(place, 'plans'), {recursive: true});
  const config = console_config(tenant, 'hostile.toml', text => with_viewer(text).replace(/database = .*/, `database = "sqlite:///${join(place, 'clawback.db')}"`));
  await run(3, '--config', config, 'scan', '--evidence', file);
  await run(3, '--config', config, 'plan', '--evidence', file, '-o', join(place, 'draft.json'));
  const draft = readFileSync(join(place, 'draft.json'), 'utf8');
  writeFileSync(join(place, 'plans', `${JSON.parse(draft).id}.json`), draft, {mode: 0o600});
  const at = await serve(config);
  const one = await signed_in(everyone[0], {}, at);
  await one.page.goto(`${at.url}/findings`);
  const links = await one.page.locator('tbody a').evaluateAll(all => all.map(link => link.getAttribute('href')));
  assert.ok(links.length >= attacks.length, `${links.length} cases`);
  await one.page.goto(`${at.url}/plans`);
  const plans = await one.page.locator('tbody a').evaluateAll(all => all.map(link => link.getAttribute('href')));
  assert.equal(plans.length, 1);
  for (const path of ['/findings', ...links, ...plans, ...fixed]) {
    await one.page.goto(at.url + path);
    assert.equal(await one.page.evaluate(() => window.__pwned), undefined, path);
    const text = await one.page.evaluate(() => document.documentElement.textContent);
    for (const raw of ['\u202E', '\u200B', '\u001B', '\u2066', '\uFEFF']) assert.ok(!text.includes(raw), `${path}: U+${raw.codePointAt(0).toString(16)}`);
    const active = await one.page.locator('main :is(script, img, iframe, style, svg[onload], base, link, meta, [onerror], [onload], [onfocus], [href^="javascript:" i], [href^="http" i], [href^="//"])').count();
    assert.equal(active, 0, path);
    assert.deepEqual(await sticking_out(one.page), [], path);
  }
  await one.page.setViewportSize(phone);
  for (const path of ['/findings', links[0], ...plans]) {
    await one.page.goto(at.url + path);
    assert.deepEqual(await sticking_out(one.page), [], `${path} at 320 px`);
  }
  quiet(one, at);
  await one.close();
  await at.stop();
});
