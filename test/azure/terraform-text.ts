/** Short Terraform for tests: each function gives the text of one or a few resources. */

const HEAD = 'location = "westeurope"\n  resource_group_name = "rg"'

export function network(name: string, space: string, more = ''): string {
  return `resource "azurerm_virtual_network" "${name}" {
  name = "${name}"
  ${HEAD}
  address_space = ["${space}"]
  ${more}
}\n`
}

export function subnet(network: string, name: string, prefix: string, more = ''): string {
  return `resource "azurerm_subnet" "${id(name)}" {
  name = "${name}"
  resource_group_name = "rg"
  virtual_network_name = azurerm_virtual_network.${network}.name
  address_prefixes = ["${prefix}"]
  ${more}
}\n`
}

export function id(name: string): string {
  return name.toLowerCase()
}

/** Both halves, or one. */
export function peering(from: string, to: string, more = ''): string {
  return `resource "azurerm_virtual_network_peering" "${from}-${to}" {
  name = "to-${to}"
  resource_group_name = "rg"
  virtual_network_name = azurerm_virtual_network.${from}.name
  remote_virtual_network_id = azurerm_virtual_network.${to}.id
  ${more}
}\n`
}

/** Rules as `100 in allow Tcp VirtualNetwork -> * 443`. */
export function group(name: string, rules: readonly string[], subnets: readonly string[] = []): string {
  const blocks = rules.map((rule, index) => {
    const match = /^(\d+) (in|out) (allow|deny) (\S+) (\S+) -> (\S+) (\S+)$/.exec(rule)
    if (match === null) throw new Error(`cannot read the rule ${rule}`)
    const [, priority, direction, access, protocol, source, destination, port] = match
    return `  security_rule {
    name = "r${index}"
    priority = ${priority}
    direction = "${direction === 'in' ? 'Inbound' : 'Outbound'}"
    access = "${access === 'allow' ? 'Allow' : 'Deny'}"
    protocol = "${protocol}"
    source_port_range = "*"
    destination_port_range = "${port}"
    source_address_prefix = "${source}"
    destination_address_prefix = "${destination}"
  }`
  })
  return `resource "azurerm_network_security_group" "${name}" {
  name = "${name}"
  ${HEAD}
${blocks.join('\n')}
}
${subnets.map((one) => association('network_security_group', one, `azurerm_network_security_group.${name}`)).join('')}`
}

function association(kind: string, subnet: string, target: string): string {
  return `resource "azurerm_subnet_${kind}_association" "${id(subnet)}" {
  subnet_id = azurerm_subnet.${id(subnet)}.id
  ${kind}_id = ${target}.id
}\n`
}

/** Routes as `0.0.0.0/0 VirtualAppliance 10.0.0.4`. */
export function routes(name: string, list: readonly string[], subnets: readonly string[], more = ''): string {
  const blocks = list.map((route, index) => {
    const [prefix, hop, address] = route.split(' ')
    const next = address === undefined ? '' : `\n    next_hop_in_ip_address = "${address}"`
    return `  route {\n    name = "r${index}"\n    address_prefix = "${prefix}"\n    next_hop_type = "${hop}"${next}\n  }`
  })
  return `resource "azurerm_route_table" "${name}" {
  name = "${name}"
  ${HEAD}
${blocks.join('\n')}
  ${more}
}
${subnets.map((one) => association('route_table', one, `azurerm_route_table.${name}`)).join('')}`
}

export function publicIp(name: string): string {
  return `resource "azurerm_public_ip" "${name}" {
  name = "${name}"
  ${HEAD}
  allocation_method = "Static"
  sku = "Standard"
}\n`
}

export function natGateway(name: string, subnets: readonly string[]): string {
  return `${publicIp(`${name}-ip`)}resource "azurerm_nat_gateway" "${name}" {
  name = "${name}"
  ${HEAD}
}
resource "azurerm_nat_gateway_public_ip_association" "${name}" {
  nat_gateway_id = azurerm_nat_gateway.${name}.id
  public_ip_address_id = azurerm_public_ip.${name}-ip.id
}
${subnets.map((one) => association('nat_gateway', one, `azurerm_nat_gateway.${name}`)).join('')}`
}

export interface ClusterText {
  readonly name?: string
  /** `name subnet` or `name subnet podSubnet` of the default pool. */
  readonly pool: string
  readonly poolMore?: string
  readonly profile?: string
  readonly more?: string
}

export const OVERLAY = `network_plugin = "azure"
    network_plugin_mode = "overlay"
    pod_cidr = "10.244.0.0/16"
    service_cidr = "172.20.0.0/16"
    dns_service_ip = "172.20.0.10"`

export const NODE_SUBNET = `network_plugin = "azure"
    service_cidr = "172.20.0.0/16"
    dns_service_ip = "172.20.0.10"`

export function cluster({ name = 'aks', pool, poolMore = '', profile = OVERLAY, more = '' }: ClusterText): string {
  const [poolName, subnet, pods] = pool.split(' ')
  return `resource "azurerm_kubernetes_cluster" "${name}" {
  name = "${name}"
  ${HEAD}
  dns_prefix = "${name}"
  kubernetes_version = "1.33"
  default_node_pool {
    name = "${poolName}"
    vm_size = "Standard_D4s_v5"
    ${subnet === '-' ? '' : `vnet_subnet_id = azurerm_subnet.${subnet}.id`}
    ${pods === undefined ? '' : `pod_subnet_id = azurerm_subnet.${pods}.id`}
    ${poolMore}
  }
  network_profile {
    ${profile}
  }
  ${more}
}\n`
}

export function pool(name: string, subnet: string, more = ''): string {
  return `resource "azurerm_kubernetes_cluster_node_pool" "${name}" {
  name = "${name}"
  kubernetes_cluster_id = azurerm_kubernetes_cluster.aks.id
  vm_size = "Standard_D4s_v5"
  vnet_subnet_id = azurerm_subnet.${subnet}.id
  ${more}
}\n`
}

/** A firewall with its subnet in a network, and a policy with the given collections. */
export function firewall(network: string, prefix: string, collections: string, policyMore = ''): string {
  return `${subnet(network, 'AzureFirewallSubnet', prefix)}${publicIp('fw-ip')}resource "azurerm_firewall" "fw" {
  name = "fw"
  ${HEAD}
  sku_name = "AZFW_VNet"
  sku_tier = "Standard"
  firewall_policy_id = azurerm_firewall_policy.fw.id
  ip_configuration {
    name = "main"
    subnet_id = azurerm_subnet.azurefirewallsubnet.id
    public_ip_address_id = azurerm_public_ip.fw-ip.id
  }
}
resource "azurerm_firewall_policy" "fw" {
  name = "fw"
  ${HEAD}
  ${policyMore}
}
resource "azurerm_firewall_policy_rule_collection_group" "fw" {
  name = "fw"
  firewall_policy_id = azurerm_firewall_policy.fw.id
  priority = 500
  ${collections}
}\n`
}

/** Rules as `Tcp * -> 203.0.113.0/24 443`. */
export function networkRules(action: string, priority: number, rules: readonly string[]): string {
  return `network_rule_collection {
    name = "net${priority}"
    priority = ${priority}
    action = "${action}"
    ${rules
      .map((rule, index) => {
        const [protocol, source, , destination, port] = rule.split(' ')
        return `rule {
      name = "n${index}"
      protocols = ["${protocol!.toUpperCase() === 'ANY' ? 'Any' : protocol!.toUpperCase()}"]
      source_addresses = ["${source}"]
      destination_addresses = ["${destination}"]
      destination_ports = ["${port}"]
    }`
      })
      .join('\n')}
  }\n`
}

/** Rules as `Https * -> *.example.com 443`. */
export function applicationRules(action: string, priority: number, rules: readonly string[]): string {
  return `application_rule_collection {
    name = "app${priority}"
    priority = ${priority}
    action = "${action}"
    ${rules
      .map((rule, index) => {
        const [protocol, source, , name, port] = rule.split(' ')
        return `rule {
      name = "a${index}"
      protocols {
        type = "${protocol}"
        port = ${port}
      }
      source_addresses = ["${source}"]
      destination_fqdns = ["${name}"]
    }`
      })
      .join('\n')}
  }\n`
}

/** A machine's card with a written address. */
export function card(name: string, subnet: string, address: string, more = ''): string {
  return `resource "azurerm_network_interface" "${name}" {
  name = "${name}"
  ${HEAD}
  ip_configuration {
    name = "main"
    subnet_id = azurerm_subnet.${subnet}.id
    private_ip_address_allocation = "Static"
    private_ip_address = "${address}"
    ${more}
  }
}\n`
}

/** A Deployment `ns/name` on a port, with an optional Service; `spec` goes into the pod. */
export function workload(name: string, port: number, service = '', spec = ''): string {
  const [namespace, own] = name.split('/')
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${own}, namespace: ${namespace} }
spec:
  selector: { matchLabels: { app: ${own} } }
  template:
    metadata: { labels: { app: ${own} } }
    spec:
      ${spec}
      containers: [{ name: c, image: x, ports: [{ containerPort: ${port} }] }]
${
  service === ''
    ? ''
    : `---
apiVersion: v1
kind: Service
metadata:
  name: ${own}
  namespace: ${namespace}
  ${service.split('|')[0]}
spec:
  type: LoadBalancer
  selector: { app: ${own} }
  ports: [{ port: ${port}, targetPort: ${port} }]
  ${service.split('|')[1] ?? ''}
`
}---
`
}
