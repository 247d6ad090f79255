import { describe, expect, it } from 'vitest'
import { loadConfig } from '../src/config/load-config.ts'
import { effectiveOptions } from '../src/config/options.ts'
import { review } from '../src/review.ts'
import { hub, route, TO_INTERNET } from './hub.ts'
import { deployment, documents } from './manifests.ts'
import { memoryTree } from './source/memory-tree.ts'

const before = { 'main.tf': hub(), 'shop.yaml': documents(deployment('web'), deployment('api')) }
const after = { ...before, 'main.tf': hub({ routes: route('default', '0.0.0.0/0', TO_INTERNET) }) }

/** What is new when the configuration accepts something: with a cross what it accepts. */
function newsWith(suppressions: string, head: Readonly<Record<string, string>> = after) {
  const text = `suppressions:\n${suppressions}`
  const base = { ...before, '.github/ringfence.yml': text }
  const config = loadConfig(memoryTree(base))
  const { findings } = review({
    base: memoryTree(base),
    head: memoryTree({ ...head, '.github/ringfence.yml': text }),
    config,
    options: effectiveOptions({}, config.options),
    today: '2026-11-01',
  })
  return findings
    .filter(({ status }) => status === 'introduced')
    .map(({ rule, suppressed }) => `${rule}${suppressed === undefined ? '' : ' ×'}`)
}

const accept = (rule: string, more = "    resource: '*'\n") =>
  `  - rule: ${rule}\n${more}    reason: accepted in review\n    owner: acme/net\n    expires: 2027-03-01\n`

describe('what is accepted', () => {
  it('is one finding with the others of its line, where nothing is', () => {
    expect(newsWith(accept('host-port'))).toEqual(['egress-internet'])
  })

  it('does not silence what the same line causes beside it', () => {
    const news = newsWith(accept('egress-internet'))
    expect(news).toContain('egress-internet ×')
    expect(news).toContain('egress-uninspected')
  })

  it('names one workload and not its neighbours of the same cause', () => {
    const news = newsWith(accept('egress-internet', '    from: shop/web\n'))
    expect(news.filter((one) => one.startsWith('egress-internet')).sort()).toEqual([
      'egress-internet',
      'egress-internet ×',
    ])
  })

  it('is quiet where everything of the line is accepted', () => {
    const news = newsWith(
      ['egress-uninspected', 'egress-internet', 'egress-path-changed', 'outbound-type-mismatch']
        .map((rule) => accept(rule))
        .join(''),
    )
    expect(news.filter((one) => !one.endsWith('×'))).toEqual([])
  })
})
