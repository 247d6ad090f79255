import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A repository on disk for the fake GitHub to serve, with its history written from file lists. */
export interface FakeRepository {
  /** A bare repository. */
  readonly folder: string
  /** Commits the files, whole, and gives the commit's id; `parents` default to none. */
  commit(files: Readonly<Record<string, string | Uint8Array>>, parents?: readonly string[]): string
  setRef(ref: string, commit: string): void
  /** The merge of two commits as GitHub tests it, or undefined where they conflict. */
  testMerge(base: string, head: string): string | undefined
  git(...args: readonly string[]): string
  gitBytes(...args: readonly string[]): Buffer
  /** A work tree as actions/checkout leaves it: one commit deep. */
  checkOut(commit: string, options?: { readonly origin?: boolean }): string
  remove(): void
}

const IDENTITY = {
  GIT_AUTHOR_NAME: 'Mona',
  GIT_AUTHOR_EMAIL: 'mona@example.com',
  GIT_AUTHOR_DATE: '2026-01-02T03:04:05Z',
  GIT_COMMITTER_NAME: 'Mona',
  GIT_COMMITTER_EMAIL: 'mona@example.com',
  GIT_COMMITTER_DATE: '2026-01-02T03:04:05Z',
}

export function createFakeRepository(): FakeRepository {
  const root = mkdtempSync(join(tmpdir(), 'ringfence-'))
  const folder = join(root, 'repository.git')
  const run = (args: readonly string[], input?: string | Buffer) =>
    execFileSync('git', ['-C', folder, ...args], {
      env: { ...process.env, ...IDENTITY, GIT_CONFIG_NOSYSTEM: '1' },
      input: input ?? '',
      maxBuffer: 1 << 28,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
  const git = (...args: readonly string[]) => run(args).toString('utf8').trim()
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', folder])
  // GitHub gives any commit that it has by its id.
  git('config', 'uploadpack.allowAnySHA1InWant', 'true')
  let checkouts = 0

  return {
    folder,
    git,
    gitBytes: (...args) => run(args),
    commit(files, parents = []) {
      const index = join(root, 'index')
      rmSync(index, { force: true })
      const env = { ...process.env, ...IDENTITY, GIT_INDEX_FILE: index }
      const lines = Object.entries(files).map(([path, content]) => {
        const id = run(['hash-object', '-w', '--stdin'], Buffer.from(content)).toString().trim()
        return `100644 ${id}\t${path}\0`
      })
      const options = { env, stdio: ['pipe', 'pipe', 'pipe'] as ['pipe', 'pipe', 'pipe'] }
      execFileSync('git', ['-C', folder, 'update-index', '-z', '--index-info'], { ...options, input: lines.join('') })
      const tree = execFileSync('git', ['-C', folder, 'write-tree'], options).toString().trim()
      return git('commit-tree', tree, '-m', 'A change', ...parents.flatMap((parent) => ['-p', parent]))
    },
    setRef: (ref, commit) => {
      git('update-ref', ref, commit)
    },
    testMerge(base, head) {
      try {
        const tree = git('merge-tree', '--write-tree', base, head)
        return git('commit-tree', tree, '-m', `Merge ${head} into ${base}`, '-p', base, '-p', head)
      } catch {
        return undefined
      }
    },
    checkOut(commit, { origin = true } = {}) {
      const clone = join(root, `checkout-${++checkouts}`)
      const inClone = (...args: readonly string[]) => execFileSync('git', ['-C', clone, ...args], { stdio: 'pipe' })
      mkdirSync(clone)
      inClone('init', '--quiet')
      inClone('remote', 'add', 'origin', `file://${folder}`)
      inClone('fetch', '--quiet', '--depth=1', 'origin', `+${commit}:refs/remotes/pull/7/merge`)
      inClone('checkout', '--quiet', '--detach', 'refs/remotes/pull/7/merge')
      if (!origin) inClone('remote', 'remove', 'origin')
      return clone
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}

/** Writes files into a folder, parents included. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
}
