import { describe, expect, it } from 'vitest'
import { memoryTree } from '../../test/source/memory-tree.ts'
import { toJson } from '../base/value.ts'
import { rereadFiles } from './edited.ts'
import { ParseCache } from './front-end.ts'
import { parseTree } from './units.ts'

const policy = (name: string, port: number) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}, namespace: shop}
spec:
  podSelector: {}
  ingress: [{ports: [{port: ${port}}]}]
`
const FILES = {
  'shop/a.yaml': policy('a', 80),
  'shop/b.yaml': `${policy('b', 80)}---\n${policy('c', 81)}`,
  'shop/names.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: names}\n',
  'web/kustomization.yaml': 'namePrefix: x-\nresources: [d.yaml]\n',
  'web/d.yaml': policy('d', 80),
}

/** The tree with one file edited, read the quick way and the whole way. */
function reread(file: string, text: string) {
  const cache = new ParseCache()
  const known = parseTree(memoryTree(FILES), { cache })
  const edited = memoryTree({ ...FILES, [file]: text })
  return { known, quick: rereadFiles(known, edited, [file], cache), whole: parseTree(edited, { cache }) }
}

const contentOf = ({ units }: ReturnType<typeof parseTree>) =>
  units.map(({ unit, resources, problems }) => [
    unit,
    resources.map(({ address, kind, value }) => [address, kind, toJson(value)]),
    problems,
  ])

describe('rereadFiles', () => {
  it('gives what reading the whole tree gives, and keeps the objects of other files', () => {
    const { known, quick, whole } = reread('shop/b.yaml', `# why\n${policy('b', 8080)}---\n${policy('c', 81)}`)
    expect(contentOf(quick!.tree)).toEqual(contentOf(whole))
    expect([...quick!.resources.keys()].map(({ address }) => address)).toEqual([
      'NetworkPolicy/shop/b',
      'NetworkPolicy/shop/c',
    ])
    const [before, after] = [known, quick!.tree].map(({ units }) => units.find(({ unit }) => unit.path === 'shop'))
    expect(after!.resources[0]).toBe(before!.resources[0])
  })

  it('reads several files of one folder', () => {
    const cache = new ParseCache()
    const known = parseTree(memoryTree(FILES), { cache })
    const edited = memoryTree({
      ...FILES,
      'shop/a.yaml': policy('a', 1),
      'shop/b.yaml': FILES['shop/b.yaml'].replace('80', '2'),
    })
    const quick = rereadFiles(known, edited, ['shop/a.yaml', 'shop/b.yaml'], cache)
    expect(contentOf(quick!.tree)).toEqual(contentOf(parseTree(edited)))
  })

  it.each([
    ['an object with another name', 'shop/a.yaml', policy('z', 80)],
    ['an object more', 'shop/a.yaml', `${policy('a', 80)}---\n${policy('z', 80)}`],
    ['an object less', 'shop/b.yaml', policy('b', 80)],
    ['text that cannot be read', 'shop/a.yaml', `${policy('a', 80)}  - [`],
    ['a kind that says nothing of the network itself', 'shop/names.yaml', `${FILES['shop/names.yaml']}data: {a: b}\n`],
    ['a file that a tool builds', 'web/d.yaml', policy('d', 81)],
    ['a file that says what is built', 'web/kustomization.yaml', 'resources: [d.yaml]\n'],
  ])('leaves %s to the whole way', (_what, file, text) => {
    expect(reread(file, text).quick).toBeUndefined()
  })
})
