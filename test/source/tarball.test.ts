import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { InputError } from '../../src/base/problem.ts'
import { openTree } from '../../src/source/open-tree.ts'
import { treeFromTarball } from '../../src/source/tarball.ts'
import { createRepository } from './repository.ts'

const repository = createRepository()
const LONG = `${'long/'.repeat(50)}${'n'.repeat(120)}.yaml`
repository.write({
  'a.yaml': 'kind: Pod\n',
  'dir/b.yaml': '\uFEFFx: ü\r\n',
  'dir/block.yaml': `${'x'.repeat(511)}\n`,
  [LONG]: 'long\n',
  empty: '',
  'ünï.yaml': 'x\n',
  'hidden.yaml': 'kind: Secret\n',
  'stamped.yaml': '# $Format:%H$\n',
  'n.bin': Buffer.from([0, 1]),
})
repository.link('link', '../outside')
repository.link('far', 't'.repeat(150))
repository.commit('files')
afterAll(() => repository.remove())

function archive(): Buffer {
  repository.git('archive', '--format=tar.gz', '--prefix=acme-shop-0a1b2c3/', '-o', '.git/out.tgz', 'HEAD')
  return readFileSync(join(repository.folder, '.git', 'out.tgz'))
}

describe('treeFromTarball', () => {
  it('is the tree of the commit', async () => {
    const packed = await treeFromTarball('acme/shop@main', archive())
    const real = openTree('HEAD', { repo: repository.folder })
    expect(packed.commit).toBe(real.commit)
    const identify = ({ path, kind, id }: { path: string; kind: string; id: string }) => ({ path, kind, id })
    expect(packed.entries.map(identify)).toEqual(real.entries.map(identify))
    for (const { path } of real.entries) expect(packed.read(path)).toEqual(real.read(path))
  })

  it('reads a stream in pieces of any size', async () => {
    const bytes = archive()
    const whole = await treeFromTarball('x', bytes)
    async function* pieces(size: number) {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
    }
    for (const size of [1, 7, 512, 4096]) {
      const tree = await treeFromTarball('x', pieces(size))
      expect(tree.entries).toEqual(whole.entries)
      expect(tree.read(LONG)).toEqual(whole.read(LONG))
    }
  })

  it('shows an empty folder as the submodule that it is', async () => {
    const tree = await treeFromTarball('x', pack([header('r/', '5'), header('r/lib/', '5'), header('r/a', '0', 'x')]))
    expect(tree.entries.map((entry) => [entry.path, entry.kind])).toEqual([
      ['a', 'file'],
      ['lib', 'submodule'],
    ])
    expect(tree.read('lib')).toMatchObject({ ok: false, reason: 'submodule' })
  })

  it('finds with a listing what .gitattributes hides or rewrites', async () => {
    repository.write({ '.gitattributes': 'hidden.yaml export-ignore\nstamped.yaml export-subst\n' })
    repository.commit('attributes')
    const listing = openTree('HEAD', { repo: repository.folder }).entries
    const trusting = await treeFromTarball('x', archive())
    expect(trusting.entry('hidden.yaml')).toBeUndefined()
    const tree = await treeFromTarball('x', archive(), { listing })
    expect(tree.entries).toEqual(listing)
    expect(tree.read('a.yaml')).toMatchObject({ ok: true })
    expect(tree.read('hidden.yaml')).toMatchObject({ ok: false, message: expect.stringMatching(/export-ignore/) })
    expect(tree.read('stamped.yaml')).toMatchObject({ ok: false, message: expect.stringMatching(/rewrites/) })
  })

  it.each([
    ['a path out of the root', pack([header('r/../../etc/passwd', '0', 'x')]), /leads out of it/],
    ['an absolute path', pack([header('r//etc/passwd', '0', 'x')]), /leads out of it/],
    ['a file beside the folder', pack([header('passwd', '0', 'x')]), /outside of its folder/],
    ['a hard link', pack([header('r/x', '1')]), /member of type "1"/],
    ['a device', pack([header('r/x', '3')]), /member of type "3"/],
    ['one path twice', pack([header('r/x', '0', 'a'), header('r/x', '0', 'b')]), /twice/],
    ['a wrong checksum', pack([header('r/x', '0', 'a').fill(0x41, 0, 3)]), /checksum/],
    ['no gzip', Buffer.from('hello'), /not a readable archive/],
    ['a cut gzip stream', pack([header('r/x', '0', 'a')]).subarray(0, 30), /not a readable archive/],
    ['a cut archive', gzipSync(header('r/x', '0', 'a'.repeat(2000)).subarray(0, 1024)), /ends in the middle/],
  ])('refuses %s', async (_, bytes, message) => {
    await expect(treeFromTarball('x', bytes)).rejects.toThrow(InputError)
    await expect(treeFromTarball('x', bytes)).rejects.toThrow(message)
  })

  it('stops at its limits', async () => {
    const many = pack(Array.from({ length: 20 }, (_, i) => header(`r/f${i}`, '0')))
    await expect(treeFromTarball('x', many, { maxEntries: 10 })).rejects.toThrow(/more than 10 entries/)
    const bomb = gzipSync(Buffer.concat([header('r/x', '0', 'a'.repeat(5_000_000))]))
    expect(bomb.length).toBeLessThan(20_000)
    await expect(treeFromTarball('x', bomb, { maxBytes: 1_000_000 })).rejects.toThrow(/unpacks to more than 1,000,000/)
  })

  it('passes on a failing download', async () => {
    async function* broken() {
      yield archive().subarray(0, 100)
      throw new Error('connection reset')
    }
    await expect(treeFromTarball('x', broken())).rejects.toThrow(/connection reset/)
  })
})

function pack(members: readonly Buffer[]): Buffer {
  return gzipSync(Buffer.concat([...members, Buffer.alloc(1024)]))
}

/** A ustar header and its padded content. */
function header(path: string, type: string, content = ''): Buffer {
  const size = Buffer.byteLength(content)
  const block = Buffer.alloc(512 + Math.ceil(size / 512) * 512)
  block.write(path, 0)
  block.write('0000644\0', 100)
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  block.write('        ', 148)
  block.write(type, 156)
  block.write('ustar\x0000', 257)
  const sum = block.subarray(0, 512).reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  block.write(content, 512)
  return block
}
