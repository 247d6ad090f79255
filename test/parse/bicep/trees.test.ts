// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the interpolation is that of Bicep
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SourceText } from '../../../src/base/text.ts'
import { parseBicep } from '../../../src/parse/bicep/parse.ts'
import { describeFile } from './describe-tree.ts'
import { openIndependentParser } from './independent-parser.ts'
import { type Program, programs, withoutOffsets } from './program.ts'

const parse = (text: string) => parseBicep(new SourceText('main.bicep', text))

describe('the tree of a program', () => {
  it('is that from which the program was written, however it is laid out', () => {
    fc.assert(
      fc.property(programs(), ({ text, declarations }: Program) => {
        const file = parse(text)
        expect(file.problems).toEqual([])
        expect(withoutOffsets(file.declarations)).toEqual(declarations)
      }),
      { numRuns: 2000 },
    )
  })

  it('says of each declaration and expression where its text begins and ends', () => {
    fc.assert(
      fc.property(programs(), ({ text }: Program) => {
        for (const declaration of parse(text).declarations) {
          const alone = parse(text.slice(declaration.start, declaration.end))
          expect(withoutOffsets(alone.declarations)).toEqual([withoutOffsets(declaration)])
          const value = 'value' in declaration ? declaration.value : undefined
          if (value === undefined) continue
          const again = parse(`var again = ${text.slice(value.start, value.end)}\n`)
          expect(withoutOffsets(again.declarations)).toMatchObject([{ value: withoutOffsets(value) }])
        }
      }),
      { numRuns: 500 },
    )
  })
})

/** Files of the shapes that platforms are made of, in what both parsers know. */
const FILES: Readonly<Record<string, string>> = {
  network: `targetScope = 'resourceGroup'

@description('Where all goes.')
param location string = resourceGroup().location
@allowed(['dev', 'prod'])
param stage string
@minValue(1)
param count int = 3
param ranges array = ['10.0.0.0/16', '10.1.0.0/16']
var prefix = 'net-\${toLower(stage)}-\${uniqueString(resourceGroup().id)}' // a stem
var rules = [for (port, i) in [80, 443]: {
  name: 'allow-\${port}'
  properties: {
    priority: 100 + i * 10
    direction: i % 2 == 0 ? 'Inbound' : 'Outbound'
    destinationPortRange: '\${port}'
  }
}]

resource nsg 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {
  name: '\${prefix}-nsg'
  location: location
  tags: { stage: stage, 'owner-team': 'platform' }
  properties: {
    securityRules: rules
  }
}

resource vnet 'Microsoft.Network/virtualNetworks@2024-05-01' = if (count > 0 && !empty(ranges)) {
  name: prefix
  properties: {
    addressSpace: { addressPrefixes: ranges }
  }
  resource nodes 'subnets' = [for n in range(0, count): if (n != 2) {
    name: 'nodes-\${n}'
    properties: {
      addressPrefix: cidrSubnet(ranges[0], 24, n)
      networkSecurityGroup: { id: nsg.id }
    }
  }]
}
output ids array = [for n in range(0, count): vnet::nodes[n].id]
output first string = vnet!.properties.subnets[?0].?name ?? 'none'
`,
  modules: `import * as shared from '../shared/types.bicep'
import { ports, zone as home } from 'consts.bicep'

type rule = { name: string, ports: int[], from: 'any' | 'vnet' | null }
func stem(name string, n int) string => '\${toUpper(name)}_\${n}'

param clusters object[]
param key string?
@secure()
param secret string = newGuid()

resource hub 'Microsoft.Network/virtualNetworks@2024-05-01' existing = {
  name: 'hub'
  scope: resourceGroup(subscription().subscriptionId, 'rg-hub')
}
module cluster './cluster.bicep' = [for (c, i) in clusters: if (contains(c, 'enabled') && c.enabled) {
  name: 'cluster-\${i}'
  params: {
    name: stem(c.name, i)
    hub: hub.id
    rules: map(filter(c.rules, r => r.open), (r, n) => { name: r.name, priority: 100 + n })
    note: '''
raw \${text} with 'quotes'
'''
  }
}]
module dns 'br/public:avm/res/network/private-dns-zone:0.7.0' = {
  name: 'dns'
  params: { name: home }
}
#disable-next-line outputs-should-not-contain-secrets
output address string = cluster[0].outputs.address
metadata owner = 'platform'
assert enough = length(clusters) >= 1 || key == null
`,
  windows:
    "param a string\r\nvar b = {\r\n  c: '\\u{1F600}\\'\\t' // d\r\n  'e f': [\r\n    1\r\n    -2\r\n  ]\r\n}\r\n",
}

describe('an independent parser', () => {
  it('reads the same trees from what teams write', async () => {
    const parseIndependently = await openIndependentParser()
    for (const text of Object.values(FILES)) {
      expect(parse(text).problems).toEqual([])
      expect(parseIndependently(text)).toEqual(describeFile(parse(text)))
    }
  })

  it('reads the same trees from any program that it understands', async () => {
    const parseIndependently = await openIndependentParser()
    let compared = 0
    let all = 0
    fc.assert(
      fc.property(programs(), ({ text }: Program) => {
        const file = parse(text)
        const described = describeFile(file)
        for (const [i, { start, end }] of file.declarations.entries()) {
          all++
          const other = parseIndependently(`${text.slice(start, end)}\n`)
          if (other === undefined) continue
          compared++
          expect(other).toEqual([described[i]])
        }
      }),
      { numRuns: 1000 },
    )
    // It knows neither spread nor what the language got after it.
    expect(compared / all).toBeGreaterThan(0.3)
  })
})
