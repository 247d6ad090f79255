import { expect, test } from 'vitest'
import { hub } from '../../test/hub.ts'
import { deployment, documents, service } from '../../test/manifests.ts'
import { treeOf } from '../../test/parse/tree-of.ts'
import { analysePair } from '../analyse.ts'
import { EMPTY_CONFIG } from '../config/config.ts'
import { ParseCache } from '../parse/front-end.ts'
import { parseTree } from '../parse/units.ts'
import { diffLayers } from './diff-layers.ts'

const translation = (sources: string) => `
resource "azurerm_firewall_policy_rule_collection_group" "in" {
  name               = "in"
  firewall_policy_id = azurerm_firewall_policy.hub.id
  priority           = 100
  nat_rule_collection {
    name     = "in"
    priority = 100
    action   = "Dnat"
    rule {
      name                = "web"
      protocols           = ["TCP"]
      source_addresses    = ["${sources}"]
      destination_address = azurerm_public_ip.firewall.ip_address
      destination_ports   = ["443"]
      translated_address  = "10.240.0.200"
      translated_port     = "443"
    }
  }
}
`
const balancer = service('web', '    - port: 443\n      targetPort: 8080\n', {
  more: '  type: LoadBalancer\n',
  metadata:
    '  annotations:\n    service.beta.kubernetes.io/azure-load-balancer-internal: "true"\n    service.beta.kubernetes.io/azure-load-balancer-ipv4: 10.240.0.200\n',
})

function told(manifests: string): readonly string[] {
  const tree = (sources: string) =>
    parseTree(treeOf({ 'infra/main.tf': hub({ more: translation(sources) }), 'k8s/app.yaml': manifests }), {
      cache: new ParseCache(),
    })
  const [pair] = analysePair(tree('203.0.113.0/24'), tree('*'), EMPTY_CONFIG)
  return diffLayers(pair!.base!, pair!.head).map(({ from, to }) => `${from.name} → ${to.name}`)
}

test('tells what a NAT rule lets in once: of the workload that has the address', () => {
  expect(told(documents(deployment('web'), balancer))).toEqual(['internet except 203.0.113.0/24 → shop/web'])
})

test('tells it of the address where no workload of the tree has it', () => {
  expect(told(deployment('web'))).toEqual(['internet except 203.0.113.0/24 → 10.240.0.200 behind firewall/fwp'])
})
