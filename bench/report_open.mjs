// 10,000 findings as one HTML report, opened in Debian's Chromium from a file, as often as ROUNDS says. Open means: loaded, laid out
// and painted, and the page answers. Side by side with a page that says nothing. `./dev bench report_open [FINDINGS [ROUNDS]]`.
import {statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {launch} from '../tests/browser/chromium.mjs';
import {folder, policy, run} from '../tests/browser/clawback.mjs';

const findings = Number(process.argv[2] ?? 10_000);
const rounds = Number(process.argv[3] ?? 5);
const aim = 2000;

const guid = (kind, number) => `${kind}-0000-4000-8000-${String(number).padStart(12, '0')}`;

// Each application holds mail grants of two users, given on one afternoon, from an unverified publisher.
function evidence() {
  const graph = guid('5e000000', 0);
  const world = {
    schema: 'clawback.evidence/1', tenant: {id: 'aaaabbbb-0000-cccc-1111-dddd2222eeee', name: 'contoso'},
    observed: '2026-11-23T09:00:00Z',
    servicePrincipals: [{
      id: graph, appId: '00000003-0000-0000-c000-000000000000', displayName: 'Microsoft Graph', accountEnabled: true,
      appOwnerOrganizationId: 'f8cdef31-a31e-4b4a-93e4-5f571e91255a', servicePrincipalType: 'Application', appRoles: []}],
    oauth2PermissionGrants: [], appRoleAssignments: [], users: [], directoryAudits: []};
  for (let number = 1; number <= findings; ++number) {
    const app = guid('5e000000', number);
    const appId = guid('a9900000', number);
    world.servicePrincipals.push({
      id: app, appId, displayName: `Mail Sync number ${number}`, servicePrincipalType: 'Application', accountEnabled: true,
      appOwnerOrganizationId: guid('07e4a400', number % 4000), createdDateTime: '2026-11-18T07:12:00Z',
      replyUrls: [`https://app${number}.example/callback`],
      verifiedPublisher: {displayName: null, verifiedPublisherId: null, addedDateTime: null}});
    const user = guid('05e00000', number);
    world.users.push({
      id: user, displayName: `Person Number ${number}`, userPrincipalName: `person${number}@contoso.example`,
      accountEnabled: true, userType: 'Member'});
    for (const principal of [user, guid('05e00000', Math.max(1, number - 1))]) {
      world.oauth2PermissionGrants.push({
        id: `grant-${number}-${principal.slice(-6)}`, clientId: app, consentType: 'Principal', principalId: principal,
        resourceId: graph, scope: 'Mail.Read Mail.ReadWrite Mail.Send MailboxSettings.ReadWrite offline_access openid'});
    }
    world.directoryAudits.push({
      id: `audit-${number}`, category: 'ApplicationManagement', activityDateTime: '2026-11-18T07:12:00Z',
      activityDisplayName: 'Consent to application', result: 'success', resultReason: '',
      initiatedBy: {user: {id: user, userPrincipalName: `person${number}@contoso.example`}},
      targetResources: [{id: app, type: 'ServicePrincipal', displayName: `Mail Sync number ${number}`, modifiedProperties: []}],
      additionalDetails: [{key: 'AppId', value: appId}]});
  }
  return world;
}

async function open(browser, file) {
  const page = await browser.newPage({viewport: {width: 1280, height: 800}});
  const from = performance.now();
  await page.goto(pathToFileURL(file).href, {waitUntil: 'load'});
  await page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))));
  const took = performance.now() - from;
  const said = await page.locator('body').evaluate((body, wanted) => body.textContent.includes(wanted), `Mail Sync number ${findings}`);
  await page.close();
  return {took, said};
}

const place = folder('bench');
const report = join(place, 'findings.html');
const empty = join(place, 'empty.html');
writeFileSync(empty, '<!doctype html><title>Empty</title><p>Nothing.');
writeFileSync(join(place, 'evidence.json'), JSON.stringify(evidence()));
const begun = performance.now();
await run(3, 'scan', '--evidence', join(place, 'evidence.json'), '--policy', policy, '--no-state', '--now', '2026-11-23T10:00:00Z',
  '--report', report, '--quiet');
const written = performance.now() - begun;

const browser = await launch();
await open(browser, empty);
const times = [], bare = [];
let said = true;
for (let round = 0; round < rounds; ++round) {
  bare.push((await open(browser, empty)).took);
  const one = await open(browser, report);
  times.push(one.took);
  said = said && one.said;
}
await browser.close();
const middle = list => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
const worst = Math.max(...times);
console.log(`report_open: ${findings} findings in ${(statSync(report).size / 1e6).toFixed(1)} MB, judged and written in ${(written / 1000).toFixed(1)} s`);
console.log(`report_open: ${rounds} rounds, median ${Math.round(middle(times))} ms, worst ${Math.round(worst)} ms; an empty page ${Math.round(middle(bare))} ms`);
const holds = middle(times) < aim && said;
console.log(`report_open: ${holds ? 'holds' : 'MISSES'} the aim of ${findings} findings in under ${aim} ms`);
process.exitCode = holds ? 0 : 1;
