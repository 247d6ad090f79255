import { describe } from 'vitest'
import { finds, silent } from '../../test/rule-table.ts'
import { paasPublicEndpoint } from './paas-public-endpoint.ts'

const SUBNET = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/db'

/** A MySQL server in Bicep, with lines of its `network`. */
const server = (...network: readonly string[]) => ({
  'main.bicep': `resource db 'Microsoft.DBforMySQL/flexibleServers@2023-12-30' = {
  name: 'db'
  location: 'westeurope'
  properties: {
    network: {
${network.map((line) => `      ${line}\n`).join('')}    }
  }
}
`,
})

describe('paas-public-endpoint', () => {
  finds(paasPublicEndpoint, 'a database without rules', {
    head: server("publicNetworkAccess: 'Enabled'"),
    at: "main.bicep: publicNetworkAccess: 'Enabled'",
    severity: 'note',
    says: ['no rule admits anybody'],
    patched: server("publicNetworkAccess: 'Disabled'"),
  })
  finds(paasPublicEndpoint, 'a database in a subnet that asks for public access', {
    head: server(`delegatedSubnetResourceId: '${SUBNET}'`, "publicNetworkAccess: 'Enabled'"),
    at: "main.bicep: publicNetworkAccess: 'Enabled'",
    severity: 'note',
    says: ['has no public endpoint'],
    patched: server(`delegatedSubnetResourceId: '${SUBNET}'`, "publicNetworkAccess: 'Disabled'"),
  })

  silent(paasPublicEndpoint, 'a database in a subnet', { head: server(`delegatedSubnetResourceId: '${SUBNET}'`) })
  silent(paasPublicEndpoint, 'public access is off', { head: server("publicNetworkAccess: 'Disabled'") })
})
