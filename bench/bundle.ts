import { copyFileSync, existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import ncc from '@vercel/ncc'

/** What `npm run build` leaves beside the bundle: the bundle does not give out its parts. */
const BUILD = process.env['RINGFENCE_BUILD'] ?? join(import.meta.dirname, '../build')

/** A program of the benchmark, which imports from `./build/`, in one file as the product is: loading hundreds of files takes its time. */
export async function bundle(program: string, work: string): Promise<string> {
  const folder = join(work, 'programs')
  mkdirSync(folder, { recursive: true })
  const build = join(folder, 'build')
  if (!existsSync(build)) symlinkSync(realpathSync(BUILD), build)
  const entry = join(folder, basename(program))
  copyFileSync(program, entry)
  const { code } = await ncc(entry, { cache: false, minify: true, quiet: true })
  const bundled = join(work, basename(program))
  writeFileSync(bundled, code)
  return bundled
}
