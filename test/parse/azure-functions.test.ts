import { describe, expect, it } from 'vitest'
import { toJson } from '../../src/base/value.ts'
import { ARRAYS, CIDR, FILE_FUNCTIONS, FILES, IDS, LAMBDAS, OBJECTS, SCALARS, STRINGS } from './azure-function-rows.ts'
import { armValue, bicepValue } from './azure-render.ts'

describe.each([
  ['array', ARRAYS],
  ['object', OBJECTS],
  ['string', STRINGS],
  ['scalar', SCALARS],
  ['cidr', CIDR],
  ['lambda', LAMBDAS],
  ['id', IDS],
  ['file', FILE_FUNCTIONS],
])('%s functions', (_, rows) => {
  it.each(rows.filter(([bicep]) => bicep !== null))('bicep: %s', (bicep, _arm, expected) => {
    expect(toJson(bicepValue(bicep!, '', FILES))).toEqual(expected)
  })
  it.each(rows.filter(([, arm]) => arm !== null))('arm: %s %s', (_bicep, arm, expected) => {
    expect(toJson(armValue(arm!))).toEqual(expected)
  })
})

describe('calls that the language refuses', () => {
  it.each([
    ['range(0, 10001)', 'range() gives from 0 to 10000 numbers'],
    ["substring('abc', 2, 5)", 'substring() goes past the end of the string'],
    ["int('four')", 'wrong arguments of int()'],
    ["cidrSubnet('10.0.0.0/24', 16, 0)", 'cidrSubnet() cannot cut a /24 into /16'],
    ["cidrSubnet('10.0.0.0/24', 25, 2)", 'cidrSubnet() has no subnet 2 of /25 in a /24'],
    ["cidrHost('10.0.0.0/24', 300)", 'cidrHost() has no host 300 there'],
    ["parseCidr('10.0.0.256/24')", 'not an address range'],
    ['1 / 0', 'division by zero'],
    ["json('{')", 'the text is not JSON'],
    ['[1, 2][2]', 'index 2 is outside of an array of 2'],
    ['{ a: 1 }.b', 'the object has no property "b"'],
    ["fail('not here')", 'not here'],
    ['true ? missing : 1', 'nothing is named "missing"'],
    ["format('{1}', 'a')", 'format() has no such argument'],
  ])('%s', (expression, message) => {
    expect(toJson(bicepValue(expression))).toEqual({ $error: message })
  })

  it('leaves what is not asked for unevaluated', () => {
    expect(toJson(bicepValue("true ? 'a' : fail('b')"))).toBe('a')
    expect(toJson(bicepValue("true || fail('b')"))).toBe(true)
    expect(toJson(armValue("if(false(), div(1, 0), 'b')"))).toBe('b')
    expect(toJson(armValue('and(false(), div(1, 0))'))).toBe(false)
  })

  it('says of a function that it does not know', () => {
    expect(toJson(bicepValue('brandNew(1)'))).toEqual({ $unknown: 'brandNew() is not known' })
  })
})

/**
 * What the documentation lists, page by page, that its arguments decide.
 * Source: learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions
 */
const BICEP_FUNCTIONS =
  `any array concat contains empty first flatten indexOf intersection last lastIndexOf length max min range skip take union
  parseCidr cidrSubnet cidrHost dateTimeAdd dateTimeFromEpoch dateTimeToEpoch environment
  loadDirectoryFileInfo loadFileAsBase64 loadJsonContent loadTextContent loadYamlContent
  filter groupBy map mapValues reduce sort toObject bool int items json objectKeys shallowMerge
  extensionResourceId managementGroupResourceId resourceId subscriptionResourceId tenantResourceId
  base64 base64ToJson base64ToString dataUri dataUriToString endsWith format guid join padLeft replace split startsWith string
  substring toLower toUpper trim uniqueString uri uriComponent uriComponentToString nameof`.split(/\s+/)
/** Source: learn.microsoft.com/azure/azure-resource-manager/templates/template-functions */
const ARM_FUNCTIONS =
  `array concat contains createArray empty first flatten indexOf intersection last lastIndexOf length max min range skip take
  tryIndexFromEnd union parseCidr cidrSubnet cidrHost coalesce equals greater greaterOrEquals less lessOrEquals
  dateTimeAdd dateTimeFromEpoch dateTimeToEpoch environment filter groupBy map mapValues reduce sort toObject
  and bool false if not or true xor add div float int mod mul sub createObject items json null objectKeys shallowMerge tryGet
  extensionResourceId managementGroupResourceId resourceId subscriptionResourceId tenantResourceId
  base64 base64ToJson base64ToString dataUri dataUriToString endsWith format guid join padLeft replace split startsWith string
  substring toLower toUpper trim uniqueString uri uriComponent uriComponentToString`.split(/\s+/)

describe('the documented functions', () => {
  const rows = [ARRAYS, OBJECTS, STRINGS, SCALARS, CIDR, LAMBDAS, IDS, FILE_FUNCTIONS].flat()
  const shown = (name: string, column: 0 | 1) => rows.some((row) => row[column]?.match(new RegExp(`\\b${name}\\(`)))

  it('have a row for each that its arguments decide', () => {
    expect(BICEP_FUNCTIONS.filter((name) => !shown(name, 0))).toEqual([])
    expect(ARM_FUNCTIONS.filter((name) => !shown(name, 1))).toEqual([])
  })

  /** Those that only a deployment or the machine that compiles can answer, in both languages unless the name is Bicep's. */
  it.each([
    ['utcNow()', 'utcNow()', 'utcNow() is the time of the deployment'],
    ['newGuid()', 'newGuid()', 'newGuid() is another value in each deployment'],
    ['deployment().name', 'deployment().name', 'deployment().name is set by the deployment'],
    ['deployer().objectId', 'deployer().objectId', 'deployer().objectId is set by the deployment'],
    ['resourceGroup().location', 'resourceGroup().location', 'resourceGroup().location is set by the deployment'],
    ['subscription().tenantId', 'subscription().tenantId', 'subscription().tenantId is set by the deployment'],
    ['tenant().displayName', 'tenant().displayName', 'tenant().displayName is set by the deployment'],
    ['managementGroup().name', 'managementGroup().name', 'managementGroup().name is set by the deployment'],
    ["reference('x').y", "reference('x').y", /^reference\(\) /],
    [
      "listKeys('x', '2024-01-01').keys[0].value",
      "listKeys('x', '2024-01-01').keys[0].value",
      'listKeys() is answered by Azure',
    ],
    [
      "listAccountSas('x', '1', {})",
      "listAccountSas('x', '1', createObject())",
      'listAccountSas() is answered by Azure',
    ],
    ["listSecrets('x', '1')", "listSecrets('x', '1')", 'listSecrets() is answered by Azure'],
    ["pickZones('A.B', 'c', 'westeurope')", "pickZones('A.B', 'c', 'westeurope')", 'pickZones() is answered by Azure'],
    ["providers('A.B', 'c')", "providers('A.B', 'c')", 'providers() is answered by Azure'],
    ["toLogicalZone('s', 'l', 'z')", "toLogicalZone('s', 'l', 'z')", 'toLogicalZone() is answered by Azure'],
    [
      "toLogicalZones('s', 'l', ['z'])",
      "toLogicalZones('s', 'l', createArray('z'))",
      'toLogicalZones() is answered by Azure',
    ],
    ["toPhysicalZone('s', 'l', 'z')", "toPhysicalZone('s', 'l', 'z')", 'toPhysicalZone() is answered by Azure'],
    [
      "toPhysicalZones('s', 'l', ['z'])",
      "toPhysicalZones('s', 'l', createArray('z'))",
      'toPhysicalZones() is answered by Azure',
    ],
    [null, "references('x')", 'references() is answered by Azure'],
    ["vault.getSecret('s')", null, 'getSecret() is answered by Azure'],
    ["az.getSecret('s', 'g', 'v', 'n')", null, 'getSecret() is answered by Azure'],
    ["vault.listKeys('2024-01-01').keys", null, 'listKeys() is answered by Azure'],
    ["externalInput('sys.cli', 'x')", null, 'externalInput() is answered by whoever deploys'],
    ["readCliArg('x')", null, 'readCliArg() is answered by whoever deploys'],
    ["readEnvironmentVariable('X')", null, 'the environment variable X is not read'],
  ] as const)('say why they do not know: %s %s', (bicep, arm, message) => {
    const vault = "resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {\n  name: 'v'\n}\n"
    const values = [bicep === null ? undefined : bicepValue(bicep, vault), arm === null ? undefined : armValue(arm)]
    for (const value of values) {
      if (value === undefined) continue
      expect(value).toMatchObject({
        kind: 'unknown',
        reason: expect.stringMatching(/^(?:runtime-function|deployment-context)$/),
      })
      expect(value).toMatchObject({ detail: typeof message === 'string' ? message : expect.stringMatching(message) })
    }
  })

  it('that are too new are unknown and not an error', () => {
    for (const call of [
      "parseUri('https://a/b').host",
      "buildUri({ host: 'a' })",
      "roleDefinitions('Contributor').id",
    ]) {
      expect(bicepValue(call)).toMatchObject({ kind: 'unknown', reason: 'unsupported-function' })
    }
  })
})
