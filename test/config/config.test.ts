import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cidr } from '../../src/algebra/addresses.ts'
import { printNames } from '../../src/algebra/names.ts'
import { InputError, problemPlace } from '../../src/base/problem.ts'
import { SourceText } from '../../src/base/text.ts'
import { toJson } from '../../src/base/value.ts'
import { EMPTY_CONFIG, parseConfig } from '../../src/config/config.ts'
import { isDay } from '../../src/config/day.ts'
import { compileGlob } from '../../src/config/glob.ts'
import { loadConfig, readConfig } from '../../src/config/load-config.ts'
import { DEFAULT_OPTIONS, effectiveOptions, toPathFilter } from '../../src/config/options.ts'
import { parseDestination, parsePeer, parseRange } from '../../src/config/peer-pattern.ts'
import { parsePort } from '../../src/config/port.ts'
import { proposedChanges } from '../../src/config/proposed-changes.ts'
import { CONFIG_SCHEMA } from '../../src/config/schema.ts'
import { memoryTree } from '../source/memory-tree.ts'

const RULES = new Set(['egress-internet', 'host-port', 'service-public'])

const FULL = `# Everything that can be said
fail-on: medium
fail-on-unknown: any
rules:
  egress-internet: critical
  host-port: off
paths: ["k8s/**", infra/]
paths-ignore: ["**/test/**"]
states:
  - name: prod
    paths: [clusters/prod/**]
    cluster: aks-prod
    parameters: ["infra/{prod,shared}.tfvars"]
    environment: prod
    engine: cilium
    pod-ranges: [10.244.0.0/16]
  - name: dev
    paths: [clusters/dev/**]
engine: azure
node-ranges: [10.0.0.0/16]
trusted-ranges: [203.0.113.0/24, 198.51.100.7]
approved-domains: ["*.azurecr.io", mcr.microsoft.com]
suppressions:
  - rule: egress-internet
    from: payments/checkout
    to: 0.0.0.0/0
    ports: [443/TCP, 8000-8100]
    reason: Card provider publishes no ranges, PCI-1234
    owner: acme/platform
    expires: 2027-03-31
inline-suppressions: allow-high
intents:
  - name: Payments reaches Stripe alone
    from: payments/*
    to: outside
    allow-only: ["api.stripe.com:443"]
  - name: No way in to the admin pages
    from: internet
    to: "*/admin"
    deny: true
    severity: critical
  - name: Prod leaves by the firewall
    from: {state: prod}
    to: internet
    via: firewall
  - name: Only the gateway reaches the database
    to: {namespace: data, labels: {app: postgres}}
    allow-only-from: [gateway/*]
    ports: [5432]
limits: {file-size: 4MiB}
comment: on-failure
comment-key: infra
inline-comments: 0
suggestions: false
graph: false
summary: true
`

function parse(text: string) {
  return parseConfig(new SourceText('.github/ringfence.yml', text), RULES)
}

function errors(text: string): string[] {
  return parse(text).problems.map((problem) => `${problemPlace(problem).line}: ${problem.message}`)
}

describe('parseConfig', () => {
  it('reads all that can be said', () => {
    const { config, problems } = parse(FULL)
    expect(problems).toEqual([])
    expect(config.options).toEqual({
      failOn: 'medium',
      failOnUnknown: 'any',
      paths: ['k8s/**', 'infra/'],
      pathsIgnore: ['**/test/**'],
      comment: 'on-failure',
      commentKey: 'infra',
      inlineComments: 0,
      suggestions: false,
      graph: false,
      summary: true,
    })
    expect([...config.severities]).toEqual([
      ['egress-internet', 'critical'],
      ['host-port', 'off'],
    ])
    expect(config.trusted).toEqual({ v4: [...cidr('198.51.100.7/32').v4, ...cidr('203.0.113.0/24').v4], v6: [] })
    expect(printNames(config.approved)).toBe('mcr.microsoft.com, *.azurecr.io')
    expect(config.maxFileBytes).toBe(4 * 1024 * 1024)
    expect(config.inlineSuppressions).toBe('allow-high')
  })

  it('gives each state what the file says for all', () => {
    const [prod, dev] = parse(FULL).config.states
    expect(prod).toMatchObject({ name: 'prod', cluster: 'aks-prod', environment: 'prod', engine: 'cilium' })
    expect(prod).toMatchObject({ nodeRanges: cidr('10.0.0.0/16'), podRanges: cidr('10.244.0.0/16') })
    expect(prod!.paths[0]!.matches('clusters/prod/shop')).toBe(true)
    expect(prod!.parameters[0]!.matches('infra/shared.tfvars')).toBe(true)
    expect(dev).toMatchObject({ name: 'dev', engine: 'azure', nodeRanges: cidr('10.0.0.0/16'), podRanges: undefined })
  })

  it('reads intents as data', () => {
    const [stripe, admin, firewall, database] = parse(FULL).config.intents
    expect(stripe).toMatchObject({
      from: { peer: { kind: 'name', text: 'payments/*' } },
      to: { peer: { kind: 'outside' } },
      expect: {
        kind: 'allow-only',
        destinations: [{ peer: { kind: 'domain', name: 'api.stripe.com' }, connections: { TCP: [443, 444] } }],
      },
      severity: 'high',
    })
    expect(admin).toMatchObject({
      from: { peer: { kind: 'internet' } },
      expect: { kind: 'deny' },
      severity: 'critical',
    })
    expect(firewall).toMatchObject({ expect: { kind: 'via', layer: 'firewall' }, from: { peer: { kind: 'any' } } })
    expect(firewall!.from.state?.matches('prod')).toBe(true)
    expect(database).toMatchObject({
      from: { peer: { kind: 'any' } },
      to: { peer: { text: 'data/*' }, labels: new Map([['app', 'postgres']]) },
      connections: { TCP: [5432, 5433] },
      expect: { kind: 'allow-only-from', sources: [{ peer: { text: 'gateway/*' } }] },
    })
  })

  it.each([
    [
      'an unknown key',
      'fail-on: high\nsupressions: []\n',
      ['2: the configuration has no key "supressions"; did you mean suppressions?'],
    ],
    [
      'a key of nowhere',
      'xyzzy: 1\n',
      [expect.stringMatching(/^1: the configuration has no key "xyzzy"; known are fail-on, /)],
    ],
    [
      'an unknown value',
      'fail-on: hihg\n',
      [expect.stringMatching(/^1: fail-on is "hihg", but may be critical, .*; did you mean high\?$/)],
    ],
    ['a map for a value', 'fail-on: {a: b}\n', [expect.stringMatching(/^1: fail-on is a map of keys, but may be/)]],
    [
      'an unknown rule',
      'rules:\n  host-port: off\n  egres-internet: high\n',
      ['3: rules names "egres-internet", which is no rule; did you mean egress-internet?'],
    ],
    ['a wrong type', 'paths: k8s\n', ['1: paths must be a list, not "k8s"']],
    ['nothing where a list belongs', 'suppressions:\n', ['1: suppressions must be a list, not nothing']],
    ['a number out of range', '\ninline-comments: 31\n', ['2: inline-comments must be from 0 to 30']],
    [
      'a broken range',
      'trusted-ranges:\n  - 10.0.0.0/8\n  - 10.0.0.0/40\n',
      ['3: trusted-ranges[1] is "10.0.0.0/40": that is not an address or CIDR block'],
    ],
    ['a broken glob', 'paths: ["{a"]\n', ['1: paths[0] is "{a": a "{" is not closed']],
    [
      'a broken domain',
      'approved-domains: ["a b.com"]\n',
      [expect.stringMatching(/^1: approved-domains\[0\] is "a b.com", which is not of the right form/)],
    ],
    [
      'a bare namespace as peer',
      'intents: [{name: x, from: payments, deny: true}]\n',
      [expect.stringMatching(/"payments\/\*"/)],
    ],
    [
      'two expectations',
      'intents: [{name: x, from: any, deny: true, via: firewall}]\n',
      ['1: intents[0] needs exactly one of deny, allow-only, allow-only-from, via'],
    ],
    ['deny: false', 'intents: [{name: x, from: any, deny: false}]\n', ['1: intents[0].deny may only be true']],
    [
      'an empty selection',
      'intents: [{name: x, from: {}, deny: true}]\n',
      ['1: intents[0].from needs one of namespace, workload, labels, state'],
    ],
    ['a state without paths', 'states: [{name: x, paths: []}]\n', ['1: states[0].paths must not be empty']],
    ['broken YAML', 'a: [1\nb: 2\n', [expect.stringMatching(/^2: not valid YAML/)]],
    ['a key twice', 'fail-on: high\nfail-on: low\n', ['2: the key "fail-on" stands here twice']],
    ['two documents', 'fail-on: high\n---\nfail-on: low\n', ['3: the file holds more than one document']],
    [
      'an alias',
      'paths: &p [a]\npaths-ignore: *p\n',
      [
        '1: tags and anchors are not supported in the configuration',
        '2: aliases are not supported in the configuration',
      ],
    ],
    ['a list', '- a\n', ['1: the configuration must be a map of keys, not a list']],
    [
      'a prototype',
      '__proto__: {a: 1}\nconstructor: 2\n',
      [expect.stringMatching(/no key "__proto__"/), expect.stringMatching(/no key "constructor"/)],
    ],
  ])('says where the file is wrong: %s', (_, text, expected) => {
    expect(errors(text)).toEqual(expected)
    expect(parse(text).config).toBe(EMPTY_CONFIG)
  })

  it('wants each suppression whole', () => {
    expect(errors('suppressions:\n  - rule: x\n    ports: [99999, 0, 80-70/TCP]\n    expires: 2027-02-30\n')).toEqual([
      '2: suppressions[0] needs the key reason',
      '2: suppressions[0] needs the key owner',
      '2: suppressions[0] needs one of from, to, resource',
      '3: suppressions[0].ports[0] must be from 1 to 65535',
      '3: suppressions[0].ports[1] must be from 1 to 65535',
      '3: suppressions[0].ports[2] is "80-70/TCP": that is not a port or a range of ports',
      '4: suppressions[0].expires is "2027-02-30": there is no such day',
    ])
  })

  it.each(['', '# nothing\n', '---\n', '\uFEFF# mark\n'])('takes an empty file for no file: %j', (text) => {
    expect(parse(text)).toEqual({ config: EMPTY_CONFIG, problems: [] })
  })

  it('reads a byte-order mark and Windows line ends, with right lines', () => {
    expect(errors('\uFEFFfail-on: high\r\nnope: 1\r\n')).toEqual([expect.stringMatching(/^2: .*"nope"/)])
  })

  it('ends soon on hostile input', () => {
    expect(errors('['.repeat(100_000))).toHaveLength(1)
    expect(errors(`paths: [${'a,'.repeat(100_000)}a]`)).toEqual(['1: paths must not have more than 1000 items'])
    expect(errors('x'.repeat(600 * 1024))).toEqual([expect.stringMatching(/more than 524,288 characters/)])
  })
})

describe('the published schema', () => {
  const ajv = new Ajv2020({ allErrors: true, strict: false })
  const isRight = (read: (text: string) => object) => (text: string) => !('error' in read(text))
  ajv.addFormat('glob', isRight(compileGlob))
  ajv.addFormat('peer', isRight(parsePeer))
  ajv.addFormat('destination', isRight(parseDestination))
  ajv.addFormat('cidr', (text) => parseRange(text) !== undefined)
  ajv.addFormat('port', (text) => parsePort(text) !== undefined)
  ajv.addFormat('date', isDay)
  const check = ajv.compile(CONFIG_SCHEMA)
  const asJson = (text: string) => JSON.parse(JSON.stringify(toJson(parse(text).config.value!)))

  it('is what the loader checks by', async () => {
    await expect(`${JSON.stringify(CONFIG_SCHEMA, undefined, 2)}\n`).toMatchFileSnapshot(
      join(import.meta.dirname, '../../schema/ringfence.schema.json'),
    )
  })

  it('takes the full example', () => {
    expect(check(asJson(FULL)), JSON.stringify(check.errors)).toBe(true)
  })

  it.each([
    { 'fail-on': 'hihg' },
    { nope: 1 },
    { suppressions: [{ rule: 'x' }] },
    { intents: [{ name: 'x', from: 'any' }] },
    { paths: 'x' },
  ])('refuses what the loader refuses: %j', (value) => {
    expect(check(value)).toBe(false)
    expect(errors(JSON.stringify(value))).not.toEqual([])
  })

  it('decides as the loader does on any change of the full example', () => {
    const other = fc.constantFrom<unknown>(
      null,
      true,
      false,
      0,
      31,
      443,
      1.5,
      '',
      'x',
      'any',
      'high',
      '443',
      [],
      ['a/b'],
      [1],
      {},
      { a: 'b' },
    )
    fc.assert(
      fc.property(fc.nat(), other, fc.constantFrom('replace', 'remove', 'add'), (where, value, how) => {
        const document = asJson(FULL)
        const places = listPlaces(document)
        const { holder, key } = places[where % places.length]!
        if (how === 'replace') holder[key] = value
        else if (how === 'add' && !Array.isArray(holder)) holder['added'] = value
        else if (Array.isArray(holder)) holder.splice(Number(key), 1)
        else delete holder[key]
        // Without the catalogue, which the schema does not know.
        const found = parseConfig(new SourceText('x', JSON.stringify(document))).problems.map(({ message }) => message)
        expect({ valid: found.length === 0, found }).toEqual({ valid: check(document), found })
      }),
      { numRuns: 1_000 },
    )
  })
})

type Holder = Record<string, unknown>

/** Every place of a document that can be replaced. */
function listPlaces(holder: Holder): readonly { readonly holder: Holder; readonly key: string }[] {
  return Object.keys(holder).flatMap((key) => {
    const value = holder[key]
    return [{ holder, key }, ...(typeof value === 'object' && value !== null ? listPlaces(value as Holder) : [])]
  })
}

describe('loadConfig', () => {
  it('gives the defaults where there is no file', () => {
    expect(loadConfig(memoryTree({}))).toBe(EMPTY_CONFIG)
  })

  it('reads either name, and refuses both', () => {
    expect(loadConfig(memoryTree({ '.github/ringfence.yml': 'fail-on: low' })).options.failOn).toBe('low')
    expect(loadConfig(memoryTree({ '.github/ringfence.yaml': 'fail-on: low' })).options.failOn).toBe('low')
    const both = memoryTree({ '.github/ringfence.yaml': '', '.github/ringfence.yml': '' })
    expect(() => loadConfig(both)).toThrow(/two configurations/)
  })

  it('wants a named file to exist', () => {
    expect(loadConfig(memoryTree({ 'x.yml': 'graph: false' }), { path: 'x.yml' }).options.graph).toBe(false)
    expect(() => loadConfig(memoryTree({}), { path: 'x.yml' })).toThrow(/holds no configuration x\.yml/)
  })

  it('throws with file and line', () => {
    const tree = memoryTree({ '.github/ringfence.yml': 'graph: true\nfail-on: x\nnope: 1\n' })
    let thrown: unknown
    try {
      loadConfig(tree)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(InputError)
    expect(thrown).toMatchObject({ file: '.github/ringfence.yml', line: 2 })
    expect((thrown as Error).message).toMatch(/^fail-on is "x".*\n\.github\/ringfence\.yml:3: .*"nope"/)
    expect(readConfig(tree).problems).toHaveLength(2)
  })

  it('does not follow a symbolic link', () => {
    const tree = memoryTree({})
    const linked = {
      ...tree,
      read: () => ({ ok: false, reason: 'symlink', message: 'a symbolic link, which is not followed' }) as const,
    }
    expect(() => loadConfig({ ...linked, name: 'main' }, { path: 'x.yml' })).toThrow(/symbolic link/)
  })
})

describe('effectiveOptions', () => {
  it('lets an input win over the file, and the file over the default', () => {
    const file = parse('fail-on: low\ngraph: false\ninline-comments: 3\n').config.options
    expect(effectiveOptions({ failOn: 'none', graph: undefined, inlineComments: 0 }, file)).toEqual({
      ...DEFAULT_OPTIONS,
      failOn: 'none',
      graph: false,
      inlineComments: 0,
    })
    expect(effectiveOptions({}, EMPTY_CONFIG.options)).toEqual(DEFAULT_OPTIONS)
  })

  it('has the defaults that the schema tells', () => {
    const told = Object.entries(CONFIG_SCHEMA.properties!).filter(
      ([key, schema]) => schema.default !== undefined && key !== 'inline-suppressions',
    )
    const camel = (key: string) => key.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
    expect(DEFAULT_OPTIONS).toMatchObject(Object.fromEntries(told.map(([key, schema]) => [camel(key), schema.default])))
  })
})

describe('toPathFilter', () => {
  it('takes what one pattern names and none ignores', () => {
    const isWanted = toPathFilter({ paths: ['k8s/**', '*.tf'], pathsIgnore: ['**/test/**'] })
    const paths = ['k8s/a.yaml', 'k8s/test/a.yaml', 'main.tf', 'infra/main.tf', 'README.md']
    expect(paths.filter(isWanted)).toEqual(['k8s/a.yaml', 'main.tf'])
    expect(paths.filter(toPathFilter(DEFAULT_OPTIONS))).toEqual(paths)
  })

  it('refuses a broken pattern', () => {
    expect(() => toPathFilter({ paths: ['{a'], pathsIgnore: [] })).toThrow(InputError)
  })
})

describe('proposedChanges', () => {
  const suppression = (port: number) =>
    `  - {rule: host-port, resource: "*", ports: [${port}], reason: why not, owner: me, expires: 2027-01-01}\n`

  it('lists what the head adds, removes and changes, with its line', () => {
    const base = parse(
      `fail-on: high\nrules:\n  host-port: low\nsuppressions:\n${suppression(1)}${suppression(2)}`,
    ).config
    const head = parse(
      `rules:\n  egress-internet: off\n  host-port: note\nsuppressions:\n${suppression(2)}${suppression(3)}fail-on: none\n`,
    ).config
    expect(
      proposedChanges(base, head).map(({ key, change, before, after, line }) => [key, change, before, after, line]),
    ).toEqual([
      ['rules.egress-internet', 'added', undefined, '"off"', 2],
      ['rules.host-port', 'changed', '"low"', '"note"', 3],
      ['suppressions', 'added', undefined, expect.stringContaining('"ports":[3]'), 6],
      ['suppressions', 'removed', expect.stringContaining('"ports":[1]'), undefined, 5],
      ['fail-on', 'changed', '"high"', '"none"', 7],
    ])
  })

  it('is silent on order, comments and formatting', () => {
    const base = parse(FULL).config
    expect(proposedChanges(base, parse(FULL.replaceAll('acme/platform', '"acme/platform"  # us')).config)).toEqual([])
    expect(proposedChanges(base, base)).toEqual([])
    expect(proposedChanges(EMPTY_CONFIG, EMPTY_CONFIG)).toEqual([])
    const swapped = parse('limits: {file-size: 1MiB}\nfail-on: low\n').config
    expect(proposedChanges(parse('fail-on: low\nlimits: {file-size: 1MiB}\n').config, swapped)).toEqual([])
  })
})
