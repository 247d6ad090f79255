// Builds dist/ from src/: TypeScript to build/, then one self-contained bundle per entry. The same source gives the same bytes.
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ncc from '@vercel/ncc'

const ROOT = join(import.meta.dirname, '..')
const BUILD = join(ROOT, 'build')
const DIST = join(ROOT, 'dist')
const ENTRIES = ['cli', 'action'] as const

rmSync(BUILD, { recursive: true, force: true })
execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', join(ROOT, 'tsconfig.json')], {
  stdio: 'inherit',
})
// ncc reads the module type from the nearest package.json.
copyFileSync(join(ROOT, 'package.json'), join(BUILD, 'package.json'))

rmSync(DIST, { recursive: true, force: true })
mkdirSync(DIST)
const licences = new Map<string, string>()
for (const entry of ENTRIES) {
  const file = join(BUILD, `${entry}.js`)
  if (!existsSync(file)) continue
  const { code, assets } = await ncc(file, { cache: false, minify: true, license: 'licenses.txt', quiet: true })
  write(`${entry}.js`, code)
  for (const [name, asset] of Object.entries(assets)) {
    const { source } = asset
    if (name === 'licenses.txt') licences.set(entry, source.toString())
    else write(name, source)
  }
}
write('licenses.txt', mergeLicences([...licences.values()]))
write('package.json', '{\n  "type": "module"\n}\n')
for (const name of readdirSync(DIST).sort()) console.log(`dist/${name} ${readFileSync(join(DIST, name)).length} bytes`)

function write(name: string, content: Buffer | string): void {
  writeFileSync(join(DIST, name), content)
}

/** ncc gives one list per entry; a package that both entries bundle is named once. */
function mergeLicences(lists: readonly string[]): string {
  const blocks = new Set(lists.flatMap((list) => list.split(/\n\n(?=\S+\n\S)/)))
  return `${[...blocks].map((block) => block.trim()).join('\n\n')}\n`
}
