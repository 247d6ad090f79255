import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SourceText } from '../base/text.ts'
import { get, itemsOf, type Value } from '../base/value.ts'
import { parseEverydayYaml } from './everyday-yaml.ts'
import { parseYaml } from './yaml.ts'
import type { YamlDocument } from './yaml-document.ts'
import { YAML_LIMITS } from './yaml-limits.ts'

const MANIFEST = `# who may come
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: "allow-web" # quoted
  labels: {}
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: 'web'
  egress: []
  ingress:
  - from:
    - podSelector:
        matchLabels:
          tier: front
    ports:
      - port: 8080
        protocol: TCP
      -
        port: -1
  policyTypes:
---
apiVersion: v1
kind: Pod
args:
- --listen=http://0.0.0.0:80
- - yes
  - ~
`

const source = (text: string) => new SourceText('a.yaml', text)
const everyday = (text: string) => parseEverydayYaml(source(text), YAML_LIMITS)

/** All that a value says, so that two readings can be held against each other. */
function tell(value: Value): unknown {
  const { start, end } = value.origin
  switch (value.kind) {
    case 'scalar':
      return [start, end, value.value]
    case 'list':
      return [start, end, value.items.map(tell)]
    case 'map':
      return [
        start,
        end,
        [...value.entries].map(([key, entry]) => [key, entry.key?.start, entry.key?.end, tell(entry.value)]),
      ]
    default:
      throw new Error(`no YAML gives ${value.kind}`)
  }
}

const tellAll = (documents: readonly YamlDocument[]) =>
  documents.map(({ value, start, end }) => [start, end, tell(value)])

describe('everyday YAML', () => {
  test('is read as the whole of YAML is', () => {
    const documents = everyday(MANIFEST)!
    expect(documents).toHaveLength(2)
    expect(tellAll(documents)).toEqual(tellAll(parseYaml(source(MANIFEST)).documents))
  })

  test('gives the identical object each time a value is asked for', () => {
    const [document] = everyday(MANIFEST)!
    const ingress = get(get(document!.value, 'spec'), 'ingress')
    expect(get(get(document!.value, 'spec'), 'ingress')).toBe(ingress)
    expect(itemsOf(ingress)[0]).toBe(itemsOf(ingress)[0])
  })

  test.each([
    ['a flow collection', 'a: [b]'],
    ['a block scalar', 'a: |\n  b'],
    ['an anchor', 'a: &b c'],
    ['an escape', 'a: "\\n"'],
    ['a scalar of two lines', 'a: b\n  c'],
    ['a key that stands twice', 'a: 1\na: 2'],
    ['a key that is no text', 'on: 1'],
    ['a merge key', '<<: a'],
    ['another colon', 'a: b: c'],
    ['a tab', 'a:\tb'],
    ['a carriage return', 'a: b\r\n'],
    ['a wrong column', 'a:\n  b: 1\n c: 2'],
    ['a directive', '%YAML 1.2\n---\na: b'],
    ['a scalar alone', 'a'],
  ])('leaves %s to the whole reader', (_, text) => {
    expect(everyday(`${text}\n`)).toBeUndefined()
  })

  test('leaves what the limits forbid to the whole reader', () => {
    expect(parseEverydayYaml(source('a: 1\nb: 2\n'), { ...YAML_LIMITS, maxNodes: 2 })).toBeUndefined()
    expect(parseEverydayYaml(source('a:\n  b:\n    c: 1\n'), { ...YAML_LIMITS, maxDepth: 2 })).toBeUndefined()
    expect(everyday(Array.from({ length: 200 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''))).toBeUndefined()
  })

  test('is never read otherwise than the whole of YAML, whatever is changed', () => {
    const piece = fc.constantFrom(
      ...[
        ' ',
        '  ',
        '\n',
        '- ',
        '-',
        ': ',
        ':',
        '#',
        ' #',
        "'",
        '"',
        '{}',
        '[]',
        '---\n',
        '...\n',
        'y',
        'no',
        '~',
        '1',
      ],
      ...['\t', '|', '\n  ', 'key: v\n', '- x\n', '?', '&a ', '*', '!', ',', '{', '%', '\r', 'ü', '\ufeff'],
    )
    const change = fc.record({ at: fc.nat(MANIFEST.length), drop: fc.nat(3), piece })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const text = changes.reduce(
          (before, { at, drop, piece: added }) => before.slice(0, at) + added + before.slice(at + drop),
          MANIFEST,
        )
        const read = everyday(text)
        if (read === undefined) return
        const whole = parseYaml(source(text))
        expect(whole.problems).toEqual([])
        expect(tellAll(read)).toEqual(tellAll(whole.documents))
      }),
      { numRuns: 2000 },
    )
  })
})
