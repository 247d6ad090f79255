import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { InputError } from '../../src/base/problem.ts'
import { BlobStore } from '../../src/source/blob-store.ts'
import { openTree } from '../../src/source/open-tree.ts'
import type { Tree } from '../../src/source/tree.ts'
import { cloneRepository, createRepository, type TestRepository } from './repository.ts'

const POINTER = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n'
const SUBMODULE = '1234567890123456789012345678901234567890'

const repository = createRepository()
const made: TestRepository[] = [repository]
repository.write({
  'a.yaml': 'kind: Pod\n',
  'a/b.yaml': '\uFEFFkind: Service\r\n',
  'a-b.yaml': '',
  'ünï/ß.yaml': 'x: ü\n',
  'copy/a.yaml': 'kind: Pod\n',
  'big.bin': Buffer.from([1, 0, 2]),
  'lfs.yaml': POINTER,
  'utf16.yaml': Buffer.from('\uFEFFkind: Pod\n', 'utf16le'),
  'latin1.yaml': Buffer.from('name: caf\xe9\n', 'latin1'),
})
repository.link('link.yaml', 'a.yaml')
repository.link('out', '../../etc')
const first = repository.commit('first')
repository.git('update-index', '--add', '--cacheinfo', `160000,${SUBMODULE},vendor/lib`)
repository.git('commit', '-q', '-m', 'submodule')
repository.git('tag', 'v1')
const bare = cloneRepository(repository, '--bare')
made.push(bare)
afterAll(() => {
  for (const each of made) each.remove()
})

function openRevision(repo = repository.folder): Tree {
  return openTree('main', { repo })
}

describe.each([
  ['a folder', () => openTree(repository.folder)],
  ['a revision of a work tree', () => openRevision()],
  ['a revision of a bare repository', () => openRevision(bare.folder)],
])('%s', (_, open) => {
  it('lists its entries sorted by code unit', () => {
    const files = open().entries.filter((entry) => entry.kind === 'file')
    expect(files.map((entry) => entry.path)).toEqual([
      'a-b.yaml',
      'a.yaml',
      'a/b.yaml',
      'big.bin',
      'copy/a.yaml',
      'latin1.yaml',
      'lfs.yaml',
      'utf16.yaml',
      'ünï/ß.yaml',
    ])
  })

  it('gives git’s own blob ids', () => {
    const expected = repository.git('rev-parse', 'main:a.yaml', 'main:a/b.yaml', 'main:link.yaml').split('\n')
    const tree = open()
    expect(['a.yaml', 'a/b.yaml', 'link.yaml'].map((path) => tree.entry(path)?.id)).toEqual(expected)
  })

  it('keeps byte-order marks and line ends', () => {
    expect(open().read('a/b.yaml')).toMatchObject({
      ok: true,
      source: { path: 'a/b.yaml', text: '\uFEFFkind: Service\r\n' },
    })
  })

  it('reads empty files and names outside ASCII', () => {
    const tree = open()
    expect(tree.read('a-b.yaml')).toMatchObject({ ok: true, source: { text: '' } })
    expect(tree.read('ünï/ß.yaml')).toMatchObject({ ok: true, source: { text: 'x: ü\n' } })
  })

  it('does not follow symbolic links', () => {
    const tree = open()
    expect(tree.entry('link.yaml')?.kind).toBe('symlink')
    expect(tree.read('link.yaml')).toMatchObject({ ok: false, reason: 'symlink' })
    expect(tree.entry('out')?.kind).toBe('symlink')
    expect(tree.entries.filter((entry) => entry.path.startsWith('out/'))).toEqual([])
  })

  it.each([
    ['big.bin', 'binary', /NUL/],
    ['lfs.yaml', 'lfs-pointer', /Git LFS/],
    ['utf16.yaml', 'unreadable', /UTF-16/],
    ['latin1.yaml', 'unreadable', /UTF-8/],
    ['missing.yaml', 'absent', /no file missing\.yaml/],
    ['../etc/passwd', 'absent', /no file/],
    ['a', 'absent', /no file/],
  ])('says why it does not read %s', (path, reason, message) => {
    const read = open().read(path)
    expect(read).toMatchObject({ ok: false, reason })
    expect(read.ok ? '' : read.message).toMatch(message)
  })

  it('reads the same when files are announced', () => {
    const tree = open()
    tree.prefetch([...tree.entries.map((entry) => entry.path), 'missing.yaml'])
    for (const { path } of tree.entries) expect(tree.read(path)).toEqual(open().read(path))
  })

  it('leaves out .git', () => {
    expect(open().entries.filter((entry) => /(^|\/)\.git(\/|$)/.test(entry.path))).toEqual([])
  })
})

describe('a revision', () => {
  it('shows submodules as entries that cannot be read', () => {
    const tree = openRevision()
    expect(tree.entry('vendor/lib')).toEqual({ path: 'vendor/lib', kind: 'submodule', id: SUBMODULE })
    expect(tree.read('vendor/lib')).toMatchObject({ ok: false, reason: 'submodule' })
  })

  it.each(['HEAD', 'v1', 'main', 'refs/heads/main'])('is found as %s', (name) => {
    const tree = openTree(name, { repo: repository.folder })
    expect(tree).toMatchObject({ name, commit: repository.git('rev-parse', 'HEAD') })
  })

  it('is found by id, short id, and as a folder of a commit', () => {
    expect(openTree(first, { repo: repository.folder }).commit).toBe(first)
    expect(openTree(first.slice(0, 10), { repo: repository.folder }).commit).toBe(first)
    expect(openTree('HEAD:copy', { repo: repository.folder }).entries.map((entry) => entry.path)).toEqual(['a.yaml'])
  })

  it('shares what is equal with another revision of the same run', () => {
    const store = new BlobStore()
    const options = { repo: repository.folder, store }
    const base = openTree(first, options).read('a.yaml')
    const head = openTree('HEAD', options).read('a.yaml')
    expect(base.ok && head.ok && base.source === head.source).toBe(true)
    const copy = openTree('HEAD', options).read('copy/a.yaml')
    expect(copy).toMatchObject({ ok: true, source: { path: 'copy/a.yaml', text: 'kind: Pod\n' } })
  })

  it('shares what is equal with a folder of the same run', () => {
    const store = new BlobStore()
    const folder = openTree(repository.folder, { store }).read('a.yaml')
    const revision = openTree('HEAD', { repo: repository.folder, store }).read('a.yaml')
    expect(folder.ok && revision.ok && folder.source === revision.source).toBe(true)
  })

  it('says that an object is missing in a partial clone instead of fetching it', () => {
    repository.git('config', 'uploadpack.allowFilter', 'true')
    const partial = cloneRepository(repository, '--filter=blob:none', '--no-checkout')
    made.push(partial)
    const before = partial.git('count-objects', '-v')
    const tree = openTree('HEAD', { repo: partial.folder })
    tree.prefetch(['a.yaml', 'a/b.yaml'])
    expect(tree.entries.length).toBeGreaterThan(5)
    expect(tree.read('a.yaml')).toMatchObject({
      ok: false,
      reason: 'unreadable',
      message: expect.stringMatching(/partial clone/),
    })
    expect(tree.read('copy/a.yaml')).toMatchObject({ ok: false, reason: 'unreadable' })
    expect(partial.git('count-objects', '-v')).toBe(before)
  })

  it('is read without a trace in the repository', () => {
    const before = repository.git('status', '--porcelain', '--ignored')
    const objects = readdirSync(join(repository.folder, '.git')).sort()
    openRevision().read('a.yaml')
    expect(readdirSync(join(repository.folder, '.git')).sort()).toEqual(objects)
    expect(repository.git('status', '--porcelain', '--ignored')).toBe(before)
  })

  it.each(['..', '.', '.git/../x'])('with a path that leads out of it is refused: %j', (path) => {
    const blob = repository.git('rev-parse', 'HEAD:a.yaml')
    const body = Buffer.concat([Buffer.from(`100644 ${path}\0`), Buffer.from(blob, 'hex')])
    repository.write({ '.git/tree-body': body })
    const object = join(repository.folder, '.git', 'tree-body')
    const tree = repository.git('hash-object', '-w', '-t', 'tree', '--literally', object)
    expect(() => openTree(tree, { repo: repository.folder })).toThrow(/leads out of it/)
  })

  it('ignores replaced objects', () => {
    const replaced = createRepository()
    made.push(replaced)
    replaced.write({ 'a.yaml': 'real\n' })
    replaced.commit('one')
    const original = replaced.git('rev-parse', 'HEAD:a.yaml')
    replaced.write({ other: 'fake\n' })
    replaced.git('replace', original, replaced.git('hash-object', '-w', 'other'))
    expect(openTree('HEAD', { repo: replaced.folder }).read('a.yaml')).toMatchObject({ source: { text: 'real\n' } })
  })
})

describe('a name', () => {
  it.each([
    '--upload-pack=touch /tmp/pwned',
    '-x',
    '--output=/tmp/x',
    '--batch',
    'HEAD\n--batch-check',
    '',
    'no-such',
    '\0',
  ])('that is no revision is an error: %j', (name) => {
    expect(() => openTree(name, { repo: repository.folder })).toThrow(InputError)
    expect(() => openTree(name, { repo: repository.folder })).toThrow(/neither a folder nor a git revision/)
  })

  it('that looks like an option is found where it is a branch', () => {
    repository.git('update-ref', 'refs/heads/-x', 'HEAD')
    expect(openTree('-x', { repo: repository.folder }).commit).toBe(repository.git('rev-parse', 'HEAD'))
  })

  it('means the revision where the user named a repository, and a folder when written as one', () => {
    const store = new BlobStore()
    const repo = repository.folder
    mkdirSync(join(repo, '.git', 'sub'))
    writeFileSync(join(repo, '.git', 'sub', 'f'), 'x')
    expect(openTree('main', { repo, store }).commit).toBeDefined()
    expect(openTree(join(repo, '.git', 'sub'), { repo, store }).entries.map((entry) => entry.path)).toEqual(['f'])
  })

  it('in a folder without a repository says so', () => {
    const empty = createRepository()
    made.push(empty)
    // Such a git may end before it has read its input, now and then.
    for (let i = 0; i < 20; i++) expect(() => openTree('main', { repo: '/' })).toThrow(/not in a git repository/)
    expect(() => openTree('main', { repo: join(empty.folder, 'nowhere') })).toThrow(/is not a folder/)
    expect(() => openTree('main', { repo: empty.folder })).toThrow(/neither a folder nor a git revision/)
  })
})

describe('a revision beside another', () => {
  const large = createRepository()
  made.push(large)
  const count = 600
  large.write(Object.fromEntries(Array.from({ length: count }, (_, i) => [`apps/${i}/pod.yaml`, `kind: Pod # ${i}\n`])))
  large.link('link.yaml', 'apps/1/pod.yaml')
  const before = large.commit('before')
  large.write({
    'apps/1/pod.yaml': 'kind: Pod # changed\n',
    'apps/1-a/new.yaml': 'kind: Service\n',
    'ünï.yaml': 'x: ü\n',
  })
  large.git('rm', '-q', '-r', 'apps/2', 'link.yaml')
  large.git('mv', 'apps/3/pod.yaml', 'apps/moved.yaml')
  large.write({ 'link.yaml': 'a file now\n' })
  large.git('add', '-A', '.')
  large.git('update-index', '--add', '--cacheinfo', `160000,${SUBMODULE},vendor/lib`)
  large.git('commit', '-q', '-m', 'after')
  const options = () => ({ repo: large.folder, store: new BlobStore() })

  it('has the entries of a whole listing, and shares those that are equal', () => {
    const both = options()
    const [base, head] = [openTree(before, both), openTree('main', both)]
    const alone = openTree('main', options())
    expect(head.entries).toEqual(alone.entries)
    expect(alone.entries.length).toBeGreaterThan(count)
    expect(head.entry('apps/4/pod.yaml')).toBe(base.entry('apps/4/pod.yaml'))
    expect(head.entry('link.yaml')?.kind).toBe('file')
    expect(head.entry('apps/2/pod.yaml')).toBeUndefined()
    expect(head.read('apps/1/pod.yaml')).toMatchObject({ ok: true, source: { text: 'kind: Pod # changed\n' } })
  })

  it('has them in the other order too, and where nothing differs', () => {
    const both = options()
    openTree('main', both)
    expect(openTree(before, both).entries).toEqual(openTree(before, options()).entries)
    expect(openTree(before, both).entries).toEqual(openTree(before, options()).entries)
  })
})
