import { describe, expect, it } from 'vitest'
import { connectionSet, connectionSets, NO_CONNECTIONS } from '../../src/algebra/connections.ts'
import { SourceText } from '../../src/base/text.ts'
import { parseConfig } from '../../src/config/config.ts'
import { daysBetween, isDay } from '../../src/config/day.ts'
import { divideInline, findInlineSuppressions, matchInline } from '../../src/config/inline-suppression.ts'
import { coversPeer, type PeerPattern, parseDestination, parsePeer } from '../../src/config/peer-pattern.ts'
import { parsePort } from '../../src/config/port.ts'
import { checkSuppressions, matchSuppression, type SuppressionTarget } from '../../src/config/suppression.ts'
import { processorTime } from '../processor-time.ts'

const TODAY = '2027-01-10'
const HTTPS = connectionSet('TCP', 443, 443)

function suppressions(text: string) {
  const { config, problems } = parseConfig(new SourceText('ringfence.yml', `suppressions:\n${text}`))
  expect(problems).toEqual([])
  return config.suppressions
}

const TO_INTERNET = suppressions(`
  - rule: egress-internet
    from: payments/checkout
    to: 0.0.0.0/0
    ports: [443/TCP]
    reason: Card provider publishes no ranges
    owner: acme/platform
    expires: 2027-03-31
`)

const TARGET: SuppressionTarget = {
  rule: 'egress-internet',
  resource: 'NetworkPolicy/payments/egress',
  from: 'payments/checkout',
  to: 'internet',
  connections: HTTPS,
}

describe('matchSuppression', () => {
  it('covers what it names', () => {
    expect(matchSuppression(TO_INTERNET, TARGET, TODAY)).toBe(TO_INTERNET[0])
    expect(matchSuppression(TO_INTERNET, { ...TARGET, to: '198.51.100.0/24' }, TODAY)).toBe(TO_INTERNET[0])
  })

  it.each<[string, Partial<SuppressionTarget>]>([
    ['another port', { connections: connectionSets.union(HTTPS, connectionSet('TCP', 80, 80)) }],
    ['another protocol', { connections: connectionSet('UDP', 443, 443) }],
    ['another source', { from: 'payments/checkout-2' }],
    ['another destination', { to: '2001:db8::/32' }],
    ['another rule', { rule: 'egress-widened' }],
  ])('does not cover %s', (_, other) => {
    expect(matchSuppression(TO_INTERNET, { ...TARGET, ...other }, TODAY)).toBeUndefined()
  })

  it('does not cover a finding whose flow is not known', () => {
    const { rule, resource } = TARGET
    expect(matchSuppression(TO_INTERNET, { rule, resource }, TODAY)).toBeUndefined()
    expect(
      matchSuppression(TO_INTERNET, { rule, resource, from: 'payments/checkout', to: 'internet' }, TODAY),
    ).toBeUndefined()
  })

  it.each([
    ['2027-03-31', true],
    ['2027-04-01', false],
    ['2026-03-31', true],
    ['2026-03-29', false],
  ])('holds to the end of its last day, and for a year at most: on %s %s', (day, holds) => {
    expect(matchSuppression(TO_INTERNET, TARGET, day) !== undefined).toBe(holds)
  })

  it('goes by the resource, with globs', () => {
    const [one] = suppressions(
      '  - {rule: host-port, resource: "DaemonSet/kube-system/*", reason: log shipper, owner: x, expires: 2027-02-01}\n',
    )
    const target = { rule: 'host-port', resource: 'DaemonSet/kube-system/logs' }
    expect(matchSuppression([one!], target, TODAY)).toBe(one)
    expect(matchSuppression([one!], { ...target, resource: 'DaemonSet/shop/logs' }, TODAY)).toBeUndefined()
  })
})

describe('checkSuppressions', () => {
  const rules = new Set(['egress-internet', 'host-port'])
  const one = (rule: string, expires: string) =>
    suppressions(`  - {rule: ${rule}, from: a/b, reason: because, owner: x, expires: ${expires}}\n`)

  it.each([
    ['2027-01-09', 'expired', /ended on 2027-01-09; what it covered is a finding again/],
    ['2027-01-10', 'expires-soon', /ends on 2027-01-10/],
    ['2027-01-24', 'expires-soon', /ends on 2027-01-24/],
    ['2028-01-12', 'too-long', /reaches 367 days ahead and does not count; 366 are the most/],
  ])('tells of one that ends on %s: %s', (expires, kind, message) => {
    expect(checkSuppressions(one('host-port', expires), TODAY, { rules })).toMatchObject([
      { kind, message: expect.stringMatching(message), file: 'ringfence.yml', line: 2 },
    ])
  })

  it.each(['2027-01-25', '2028-01-11'])('is silent on one that ends on %s', (expires) => {
    expect(checkSuppressions(one('host-port', expires), TODAY, { rules })).toEqual([])
  })

  it('tells of those that cover nothing, where everything was judged', () => {
    const list = [...one('host-port', '2027-06-01'), ...one('egress-internet', '2027-06-01')]
    const notices = checkSuppressions(list, TODAY, { rules, used: new Set([list[1]!]) })
    expect(notices).toMatchObject([
      { kind: 'unused', message: 'the suppression of host-port from a/b covers no finding and can be removed' },
    ])
  })

  it('tells of a rule that does not exist', () => {
    expect(checkSuppressions(one('host-prot', '2027-06-01'), TODAY, { rules })).toMatchObject([
      { kind: 'unknown-rule', message: expect.stringMatching(/did you mean host-port\?$/) },
    ])
  })
})

describe('inline suppressions', () => {
  const find = (text: string) => findInlineSuppressions(new SourceText('k8s/a.yaml', text))
  const COMMENT = '# ringfence:ignore host-port until=2027-02-28 reason="log shipper"'

  it('are about the next line that is no comment', () => {
    expect(find(`a: 1\n  ${COMMENT}\n  # because\n\n  hostPort: 80  # x\n`)).toEqual({
      suppressions: [
        {
          path: 'k8s/a.yaml',
          line: 2,
          target: 5,
          anchor: 'hostPort: 80  # x',
          rule: 'host-port',
          expires: '2027-02-28',
          reason: 'log shipper',
        },
      ],
      mistakes: [],
    })
  })

  it('are about their own line when something stands before them', () => {
    expect(find(`hostPort: 80 ${COMMENT}\r\nnext: 1\r\n`).suppressions).toMatchObject([
      { line: 1, target: 1, anchor: 'hostPort: 80', reason: 'log shipper' },
    ])
  })

  it('start with // in Bicep', () => {
    const text = '// ringfence:ignore nsg-ssh-open until=2027-02-28 reason="jump host"\nsourceAddressPrefix: \'*\'\n'
    expect(find(text).suppressions).toMatchObject([{ target: 2, rule: 'nsg-ssh-open' }])
  })

  it.each([
    ['# ringfence:ignore', /id of a rule/],
    ['# ringfence:ignore UPPER until=2027-02-28 reason="xxx"', /id of a rule/],
    ['# ringfence:ignore host-port reason="xxx"', /until=YYYY-MM-DD/],
    ['# ringfence:ignore host-port until=2027-02-30 reason="xxx"', /no day/],
    ['# ringfence:ignore host-port until=2027-02-28', /reason=/],
    ['# ringfence:ignore host-port until=2027-02-28 reason=""', /reason=/],
  ])('%s does not count, and says why', (comment, message) => {
    const { suppressions: found, mistakes } = find(`${comment}\nhostPort: 80\n`)
    expect(found).toEqual([])
    expect(mistakes).toMatchObject([{ path: 'k8s/a.yaml', line: 1, message: expect.stringMatching(message) }])
  })

  it('are not found in words, names and values', () => {
    expect(
      find('a: ringfence:ignore\nb: x#ringfence:ignore y\nc: http://ringfence:ignore\n# see ringfence:ignore\n'),
    ).toEqual({
      suppressions: [],
      mistakes: [],
    })
  })

  it('at the end of a file are about nothing', () => {
    expect(find(`a: 1\n${COMMENT}`).mistakes).toMatchObject([{ line: 2, message: 'the comment stands before nothing' }])
  })

  it('are found in bounded time', () => {
    const started = processorTime()
    find(`${COMMENT}\n`.repeat(20_000))
    find(`${'# ringfence:ignore '.repeat(50_000)}\n`)
    find(`# ringfence:ignore host-port ${' \t'.repeat(200_000)}\n`)
    expect(processorTime() - started).toBeLessThan(2_000)
  })

  it('cover a finding of their rule on their line, below high unless allowed, up to their day', () => {
    const { suppressions: found } = find(`a: 1\n${COMMENT}\nhostPort: 80\n`)
    const finding = { rule: 'host-port', severity: 'medium', file: 'k8s/a.yaml', line: 3, endLine: 4 } as const
    expect(matchInline(found, finding, TODAY, 'on')).toBe(found[0])
    expect(matchInline(found, { ...finding, severity: 'high' }, TODAY, 'on')).toBeUndefined()
    expect(matchInline(found, { ...finding, severity: 'critical' }, TODAY, 'allow-high')).toBe(found[0])
    expect(matchInline(found, finding, TODAY, 'off')).toBeUndefined()
    expect(matchInline(found, finding, '2027-03-01', 'on')).toBeUndefined()
    expect(matchInline(found, { ...finding, rule: 'host-network' }, TODAY, 'on')).toBeUndefined()
    expect(matchInline(found, { ...finding, line: 4 }, TODAY, 'on')).toBeUndefined()
    expect(matchInline(found, { ...finding, file: 'b.yaml' }, TODAY, 'on')).toBeUndefined()
  })

  it('count only where the base had them for the same line, wherever that stood', () => {
    const base = find(`${COMMENT}\nhostPort: 80\n`).suppressions
    const head = find(`# moved\n\n${COMMENT}\nhostPort: 80\n${COMMENT}\nhostPort: 81\n`).suppressions
    expect(divideInline(base, head)).toEqual({ inForce: [head[0]], proposed: [head[1]] })
    expect(divideInline(base, [...head, head[0]!]).proposed).toEqual([head[1], head[0]])
  })
})

describe('a peer', () => {
  it.each([
    ['any', 'payments/checkout', true],
    ['*', 'internet', true],
    ['internet', 'internet', true],
    ['internet', '0.0.0.0/0', true],
    ['internet', '10.0.0.0/8', false],
    ['outside', '10.0.0.0/8', true],
    ['outside', 'api.stripe.com', true],
    ['outside', 'tag/Storage', true],
    ['outside', 'payments/checkout', false],
    ['10.0.0.0/8', '10.1.0.0/16', true],
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.0.0.0/8', '8.0.0.0/6', false],
    ['10.0.0.0/8', 'internet', false],
    ['::/0', 'internet', true],
    ['*.example.com', 'a.b.Example.com', true],
    ['*.example.com', 'example.com', false],
    ['*.example.com', 'badexample.com', false],
    ['api.example.com', 'API.example.com', true],
    ['api.example.com', 'x.api.example.com', false],
    ['payments/*', 'payments/checkout', true],
    ['payments/*', 'payments-2/checkout', false],
    ['tag/Storage.*', 'tag/Storage.WestEurope', true],
    ['metadata', 'metadata', true],
  ])('%s covers %s: %s', (pattern, peer, expected) => {
    expect(coversPeer(parsePeer(pattern) as PeerPattern, peer)).toBe(expected)
  })

  it.each(['payments', '10.0.0.0/40', '1.2.3', 'a/{b', ''])('%j is none', (text) => {
    expect(parsePeer(text)).toHaveProperty('error')
  })

  it.each([
    ['api.stripe.com:443', 'api.stripe.com', 'TCP 443'],
    ['api.stripe.com', 'api.stripe.com', undefined],
    ['10.0.0.0/8:5432/TCP', '10.0.0.0/8', 'TCP 5432'],
    ['shop/db:53/UDP', 'shop/db', 'UDP 53'],
    ['2001:db8::/32', '2001:db8::/32', undefined],
    ['[2001:db8::]/32:443', '2001:db8::/32', 'TCP 443'],
    ['[2001:db8::1]:443', '2001:db8::1', 'TCP 443'],
    ['internet:any', 'internet', 'any'],
  ])('with a port: %s', (text, peer, port) => {
    const expected = port === undefined ? undefined : parsePort(port.split(' ').reverse().join('/'))
    const destination = parseDestination(text)
    expect(destination).toMatchObject({ peer: { text: peer } })
    expect('connections' in destination ? destination.connections : undefined).toEqual(expected)
  })

  it.each(['api.stripe.com:0', 'api.stripe.com:x', 'shop:443', ':443', 'a.com:'])('%j is no destination', (text) => {
    expect(parseDestination(text)).toHaveProperty('error')
  })
})

describe('a port', () => {
  it.each([
    ['443', connectionSet('TCP', 443, 443)],
    ['53/udp', connectionSet('UDP', 53, 53)],
    ['8000-8100/SCTP', connectionSet('SCTP', 8000, 8100)],
    ['1/TCP', { ...NO_CONNECTIONS, TCP: [1, 2] }],
    ['any/TCP', { ...NO_CONNECTIONS, TCP: [1, 65536] }],
    ['0', undefined],
    ['65536', undefined],
    ['9-8', undefined],
    ['http', undefined],
    ['443/HTTP', undefined],
  ])('%s', (text, expected) => {
    expect(parsePort(text)).toEqual(expected)
  })
})

describe('a day', () => {
  it.each(['2027-02-28', '2028-02-29', '2027-12-31'])('%s exists', (day) => expect(isDay(day)).toBe(true))
  it.each(['2027-02-29', '2027-13-01', '2027-00-10', '2027-1-1', '0000-00-00', ' 2027-01-01'])('%s does not', (day) =>
    expect(isDay(day)).toBe(false),
  )
  it('counts across leap days and years', () => {
    expect(daysBetween('2028-02-28', '2028-03-01')).toBe(2)
    expect(daysBetween('2027-01-01', '2026-12-31')).toBe(-1)
  })
})
