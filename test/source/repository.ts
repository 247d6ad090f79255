import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A real git repository in a temporary folder. */
export interface TestRepository {
  readonly folder: string
  git(...args: string[]): string
  write(files: Readonly<Record<string, string | Buffer>>): void
  link(path: string, target: string): void
  /** Commits everything and gives the id. */
  commit(message: string): string
  remove(): void
}

export function createRepository(...initArgs: string[]): TestRepository {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-test-'))
  const repository = atFolder(folder)
  repository.git('init', '-q', '-b', 'main', ...initArgs)
  return repository
}

/** A clone into a temporary folder. */
export function cloneRepository(from: TestRepository, ...args: string[]): TestRepository {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-test-'))
  const repository = atFolder(folder)
  repository.git('clone', '-q', ...args, `file://${from.folder}`, '.')
  return repository
}

function atFolder(folder: string): TestRepository {
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', folder, '-c', 'protocol.file.allow=always', ...args], {
      env: ENVIRONMENT,
      stdio: 'pipe',
    })
      .toString('utf8')
      .trim()
  return {
    folder,
    git,
    write(files) {
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true })
        writeFileSync(join(folder, path), content)
      }
    },
    link(path, target) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      symlinkSync(target, join(folder, path))
    },
    commit(message) {
      git('add', '-A', '.')
      git('commit', '-q', '--allow-empty', '-m', message)
      return git('rev-parse', 'HEAD')
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

const ENVIRONMENT = {
  PATH: process.env['PATH'],
  HOME: tmpdir(),
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@example.com',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@example.com',
}
