import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Runner } from './github/runner.ts'

/** The machine that the process runs on, as the action sees it: paths of inputs are relative to the check-out. */
export function createProcessRunner(variables: NodeJS.ProcessEnv, now: Date): Runner {
  const workspace = variables['GITHUB_WORKSPACE'] || '.'
  trustWorkspace(variables, workspace)
  return {
    variables,
    today: now.toISOString().slice(0, 10),
    print: (line) => process.stdout.write(`${line}\n`),
    read(path) {
      try {
        return readFileSync(resolve(workspace, path), 'utf8')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw error
      }
    },
    append: (path, text) => appendFileSync(path, text),
    write(path, text) {
      const file = resolve(workspace, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    },
  }
}

/**
 * In a container job the check-out belongs to another user, and git refuses to read it. It is read as data only: no hook, filter
 * or file monitor of it runs (`source/git.ts`).
 */
function trustWorkspace(variables: NodeJS.ProcessEnv, workspace: string): void {
  const count = Number(variables['GIT_CONFIG_COUNT'] ?? 0) || 0
  variables[`GIT_CONFIG_KEY_${count}`] = 'safe.directory'
  variables[`GIT_CONFIG_VALUE_${count}`] = resolve(workspace)
  variables['GIT_CONFIG_COUNT'] = String(count + 1)
}
