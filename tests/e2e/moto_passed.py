# SPDX-License-Identifier: Apache-2.0
"""What moto's CloudFormation does not hand on, although moto's services can: types, and properties of types it makes.

PASSED: type -> Passed; what is made through the API of its service, and can be read back there.
GONE: type -> (service, function(client, physical id, properties)); what moto leaves behind when its stack goes.
AFTER: type -> (service, function(client, physical id, properties, those before or None), names); sets what moto drops, after create and update.
moto cannot update some of these types at all; a change of `names` alone is then the function's.
"""
import json

from moto_batch import BATCH, numbers


class Passed:
    """A type: the service, create(client, properties) -> id or {"id": ..., attribute: value}, delete(client, id, properties).

    With update(client, id, properties before, properties now) a change is made in place, or it answers False: then another one is
    made, and the old one goes by retire(client, id, new properties) if there is one. Without it each change is made anew.
    """

    def __init__(self, service, create, delete, update=None, retire=None):
        self.service, self.create, self.delete, self.update, self.retire = service, create, delete, update, retire


def tags(properties, kind):
    """For EC2, whose calls want tags with their kind."""
    found = properties.get("Tags", [])
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": found}]} if found else {}


def only(properties, *names):
    return {name: properties[name] for name in names if name in properties}


def key(kms, p):
    made = kms.create_key(Policy=json.dumps(p["KeyPolicy"]), Description=p.get("Description", ""), Tags=[
        {"TagKey": t["Key"], "TagValue": t["Value"]} for t in p.get("Tags", [])])["KeyMetadata"]
    if p.get("EnableKeyRotation"):
        kms.enable_key_rotation(KeyId=made["KeyId"])
    return {"id": made["KeyId"], "KeyId": made["KeyId"], "Arn": made["Arn"]}


def more_addresses(ec2, p):
    answer = ec2.associate_vpc_cidr_block(**only(p, "VpcId", "CidrBlock", "AmazonProvidedIpv6CidrBlock"))
    made = answer.get("CidrBlockAssociation") or answer["Ipv6CidrBlockAssociation"]
    return {"id": made["AssociationId"], "Id": made["AssociationId"]}


def egress_gateway(ec2, p):
    made = ec2.create_egress_only_internet_gateway(VpcId=p["VpcId"], **tags(p, "egress-only-internet-gateway"))
    name = made["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"]
    return {"id": name, "Id": name}


def dhcp_options(ec2, p):
    wanted = {"DomainName": "domain-name", "DomainNameServers": "domain-name-servers", "NtpServers": "ntp-servers"}
    made = ec2.create_dhcp_options(DhcpConfigurations=[
        {"Key": key, "Values": p[name] if isinstance(p[name], list) else [p[name]]}
        for name, key in wanted.items() if name in p], **tags(p, "dhcp-options"))
    name = made["DhcpOptions"]["DhcpOptionsId"]
    return {"id": name, "DhcpOptionsId": name}


def use_dhcp_options(ec2, p):
    ec2.associate_dhcp_options(DhcpOptionsId=p["DhcpOptionsId"], VpcId=p["VpcId"])
    return f"{p['DhcpOptionsId']}|{p['VpcId']}"


def key_pair(ec2, p):
    if "PublicKeyMaterial" in p:
        made = ec2.import_key_pair(KeyName=p["KeyName"], PublicKeyMaterial=p["PublicKeyMaterial"].encode())
    else:
        made = ec2.create_key_pair(**only(p, "KeyName", "KeyType"))
    return {"id": p["KeyName"], "KeyPairId": made.get("KeyPairId"), "KeyFingerprint": made.get("KeyFingerprint")}


def in_table(ec2, p):
    made = ec2.associate_route_table(SubnetId=p["SubnetId"], RouteTableId=p["RouteTableId"])
    return {"id": made["AssociationId"], "Id": made["AssociationId"]}


def customer_gateway(ec2, p):
    made = ec2.create_customer_gateway(IpAddress=p["IpAddress"], Type=p["Type"], BgpAsn=int(p.get("BgpAsn", 65000)),
                                       **tags(p, "customer-gateway"))
    name = made["CustomerGateway"]["CustomerGatewayId"]
    return {"id": name, "CustomerGatewayId": name}


def vpn_connection(ec2, p):
    made = ec2.create_vpn_connection(
        **only(p, "CustomerGatewayId", "Type", "VpnGatewayId", "TransitGatewayId"),
        Options={"StaticRoutesOnly": p.get("StaticRoutesOnly", False)}, **tags(p, "vpn-connection"))
    name = made["VpnConnection"]["VpnConnectionId"]
    return {"id": name, "VpnConnectionId": name}


def attachment(ec2, p):
    made = ec2.create_transit_gateway_vpc_attachment(**only(p, "TransitGatewayId", "VpcId", "SubnetIds"))
    name = made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    return {"id": name, "Id": name}


def transit_route(ec2, p):
    ec2.create_transit_gateway_route(**only(p, "TransitGatewayRouteTableId", "DestinationCidrBlock",
                                            "TransitGatewayAttachmentId", "Blackhole"))
    return f"{p['TransitGatewayRouteTableId']}|{p['DestinationCidrBlock']}"


def bucket_policy(s3, p):
    s3.put_bucket_policy(Bucket=p["Bucket"], Policy=json.dumps(p["PolicyDocument"]))
    return p["Bucket"]


def topic_policy(sns, p):
    for topic in p["Topics"]:
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(p["PolicyDocument"]))
    return "policy-" + p["Topics"][0].rsplit(":", 1)[-1]


def subscription(sns, p):
    made = sns.subscribe(TopicArn=p["TopicArn"], Protocol=p["Protocol"], Endpoint=p["Endpoint"], ReturnSubscriptionArn=True)
    return {"id": made["SubscriptionArn"], "Arn": made["SubscriptionArn"]}


def budget(budgets, p):
    made = {"BudgetName": f"budget-{len(account_budgets(budgets))}", **p["Budget"]}
    limit = made.get("BudgetLimit")
    if limit:
        made["BudgetLimit"] = {"Amount": str(limit["Amount"]), "Unit": limit["Unit"]}
    budgets.create_budget(AccountId=ACCOUNT, Budget=made,
                          NotificationsWithSubscribers=p.get("NotificationsWithSubscribers", []))
    return {"id": made["BudgetName"], "Id": made["BudgetName"]}


def account_budgets(budgets):
    return budgets.describe_budgets(AccountId=ACCOUNT)["Budgets"]


def resolver_endpoint(resolver, p):
    made = resolver.create_resolver_endpoint(
        CreatorRequestId=f"{p['Direction']}-{p['IpAddresses'][0]['SubnetId']}", **only(p, "SecurityGroupIds", "Direction",
                                                                                   "IpAddresses", "Name"))
    made = made["ResolverEndpoint"]
    return {"id": made["Id"], "ResolverEndpointId": made["Id"], "Arn": made["Arn"]}


def resolver_rule(resolver, p):
    targets = [{"Ip": t["Ip"], "Port": int(t.get("Port", 53))} for t in p.get("TargetIps", [])]
    made = resolver.create_resolver_rule(CreatorRequestId=p["DomainName"], TargetIps=targets,
                                         **only(p, "RuleType", "DomainName", "ResolverEndpointId", "Name"))
    made = made["ResolverRule"]
    return {"id": made["Id"], "ResolverRuleId": made["Id"], "Arn": made["Arn"]}


def rule_association(resolver, p):
    made = resolver.associate_resolver_rule(**only(p, "ResolverRuleId", "VPCId", "Name"))["ResolverRuleAssociation"]
    return {"id": made["Id"], "ResolverRuleAssociationId": made["Id"]}


def parameter(ssm, p):
    """moto's CloudFormation gives no name to one that has none."""
    name = p.get("Name", f"parameter-{next(numbers)}")
    ssm.put_parameter(Name=name, Overwrite=True, **only(p, "Value", "Type", "Description"))
    return {"id": name, "Type": p["Type"], "Value": p["Value"]}


def update_parameter(ssm, name, before, p):
    if before.get("Name") != p.get("Name"):
        return False
    ssm.put_parameter(Name=name, Overwrite=True, **only(p, "Value", "Type", "Description"))
    return True


ACCOUNT = "123456789012"  # moto's

PASSED = {
    "AWS::SSM::Parameter": Passed("ssm", parameter, lambda ssm, name, p: ssm.delete_parameter(Name=name), update_parameter),
    "AWS::KMS::Key": Passed("kms", key, lambda kms, name, p: kms.schedule_key_deletion(
        KeyId=name, PendingWindowInDays=int(p.get("PendingWindowInDays", 30)))),
    "AWS::EC2::VPCCidrBlock": Passed(
        "ec2", more_addresses, lambda ec2, name, p: ec2.disassociate_vpc_cidr_block(AssociationId=name)),
    "AWS::EC2::EgressOnlyInternetGateway": Passed(
        "ec2", egress_gateway, lambda ec2, name, p: ec2.delete_egress_only_internet_gateway(EgressOnlyInternetGatewayId=name)),
    "AWS::EC2::DHCPOptions": Passed(
        "ec2", dhcp_options, lambda ec2, name, p: ec2.delete_dhcp_options(DhcpOptionsId=name)),
    "AWS::EC2::VPCDHCPOptionsAssociation": Passed(
        "ec2", use_dhcp_options, lambda ec2, name, p: ec2.associate_dhcp_options(DhcpOptionsId="default", VpcId=p["VpcId"])),
    "AWS::EC2::SubnetRouteTableAssociation": Passed(
        "ec2", in_table, lambda ec2, name, p: ec2.disassociate_route_table(AssociationId=name)),
    "AWS::EC2::KeyPair": Passed(
        "ec2", key_pair, lambda ec2, name, p: ec2.delete_key_pair(KeyName=name)),
    "AWS::EC2::CustomerGateway": Passed(
        "ec2", customer_gateway, lambda ec2, name, p: ec2.delete_customer_gateway(CustomerGatewayId=name)),
    "AWS::EC2::VPNConnection": Passed(
        "ec2", vpn_connection, lambda ec2, name, p: ec2.delete_vpn_connection(VpnConnectionId=name)),
    "AWS::EC2::TransitGatewayAttachment": Passed(
        "ec2", attachment, lambda ec2, name, p: ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=name)),
    "AWS::EC2::TransitGatewayRoute": Passed(
        "ec2", transit_route, lambda ec2, name, p: ec2.delete_transit_gateway_route(
            **only(p, "TransitGatewayRouteTableId", "DestinationCidrBlock"))),
    "AWS::S3::BucketPolicy": Passed(
        "s3", bucket_policy, lambda s3, name, p: s3.delete_bucket_policy(Bucket=name)),
    "AWS::SNS::TopicPolicy": Passed("sns", topic_policy, lambda sns, name, p: None),
    "AWS::SNS::Subscription": Passed(
        "sns", subscription, lambda sns, name, p: sns.unsubscribe(SubscriptionArn=name)),
    "AWS::Budgets::Budget": Passed(
        "budgets", budget, lambda budgets, name, p: budgets.delete_budget(AccountId=ACCOUNT, BudgetName=name)),
    "AWS::Route53Resolver::ResolverEndpoint": Passed(
        "route53resolver", resolver_endpoint,
        lambda resolver, name, p: resolver.delete_resolver_endpoint(ResolverEndpointId=name)),
    "AWS::Route53Resolver::ResolverRule": Passed(
        "route53resolver", resolver_rule, lambda resolver, name, p: resolver.delete_resolver_rule(ResolverRuleId=name)),
    "AWS::Route53Resolver::ResolverRuleAssociation": Passed(
        "route53resolver", rule_association, lambda resolver, name, p: resolver.disassociate_resolver_rule(
            **only(p, "ResolverRuleId", "VPCId"))),
}
PASSED.update({kind: Passed(*row) for kind, row in BATCH.items()})
PASSED["AWS::EC2::TransitGatewayVpcAttachment"] = PASSED["AWS::EC2::TransitGatewayAttachment"]


def release(ec2, name, p):
    for address in ec2.describe_addresses(PublicIps=[name])["Addresses"]:
        ec2.release_address(AllocationId=address["AllocationId"])


def detach(ec2, name, p):
    if "InternetGatewayId" in p:
        ec2.detach_internet_gateway(**only(p, "VpcId", "InternetGatewayId"))
    else:
        ec2.detach_vpn_gateway(**only(p, "VpcId", "VpnGatewayId"))


def delete_route(ec2, name, p):
    ec2.delete_route(**only(p, "RouteTableId", "DestinationCidrBlock", "DestinationIpv6CidrBlock"))


def delete_endpoint(ec2, name, p):
    if "RouteTableIds" in p:  # moto looks for its routes, which tables that came later lack
        ec2.modify_vpc_endpoint(VpcEndpointId=name, RemoveRouteTableIds=p["RouteTableIds"])
    ec2.delete_vpc_endpoints(VpcEndpointIds=[name])


def delete_policy(iam, name, p):
    for version in iam.list_policy_versions(PolicyArn=name)["Versions"]:
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=name, VersionId=version["VersionId"])
    iam.delete_policy(PolicyArn=name)


LEAVING = set()  # volumes of which CloudFormation asks again until their machines let go of them


def delete_volume(ec2, name, p):
    if ec2.describe_volumes(VolumeIds=[name])["Volumes"][0]["Attachments"]:
        LEAVING.add(name)
    else:
        ec2.delete_volume(VolumeId=name)


GONE = {
    "AWS::IAM::ManagedPolicy": ("iam", delete_policy),
    "AWS::EC2::EIP": ("ec2", release),
    "AWS::EC2::Volume": ("ec2", delete_volume),
    "AWS::EC2::VPCGatewayAttachment": ("ec2", detach),
    "AWS::EC2::Route": ("ec2", delete_route),
    "AWS::EC2::InternetGateway": ("ec2", lambda ec2, name, p: ec2.delete_internet_gateway(InternetGatewayId=name)),
    "AWS::EC2::NatGateway": ("ec2", lambda ec2, name, p: ec2.delete_nat_gateway(NatGatewayId=name)),
    "AWS::EC2::RouteTable": ("ec2", lambda ec2, name, p: ec2.delete_route_table(RouteTableId=name)),
    "AWS::EC2::VPCEndpoint": ("ec2", delete_endpoint),
    "AWS::EC2::FlowLog": ("ec2", lambda ec2, name, p: ec2.delete_flow_logs(FlowLogIds=[name])),
    "AWS::EC2::VPNGateway": ("ec2", lambda ec2, name, p: ec2.delete_vpn_gateway(VpnGatewayId=name)),
    "AWS::EC2::TransitGateway": ("ec2", lambda ec2, name, p: ec2.delete_transit_gateway(TransitGatewayId=name)),
}

VPC_NAMES = ("EnableDnsSupport", "EnableDnsHostnames")
SUBNET_NAMES = ("MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation")
GROUP_NAMES = ("SecurityGroupIngress", "SecurityGroupEgress")
ENDPOINT_NAMES = ("RouteTableIds", "SubnetIds", "SecurityGroupIds")
BUCKET_NAMES = ("VersioningConfiguration", "PublicAccessBlockConfiguration", "OwnershipControls", "LifecycleConfiguration")


def set_vpc(ec2, name, p, before):
    for attribute in VPC_NAMES:
        if attribute in p:
            ec2.modify_vpc_attribute(VpcId=name, **{attribute: {"Value": p[attribute]}})


def set_subnet(ec2, name, p, before):
    has = ec2.describe_subnets(SubnetIds=[name])["Subnets"][0].get("Ipv6CidrBlockAssociationSet")
    if "Ipv6CidrBlock" in p and not has:
        ec2.associate_subnet_cidr_block(SubnetId=name, Ipv6CidrBlock=p["Ipv6CidrBlock"])
    for attribute in SUBNET_NAMES:
        if attribute in p:
            ec2.modify_subnet_attribute(SubnetId=name, **{attribute: {"Value": p[attribute]}})


def permission(rule):
    """A rule of a group in the template, in the words of the API."""
    peers = {"CidrIp": ("IpRanges", "CidrIp"), "CidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
             "SourceSecurityGroupId": ("UserIdGroupPairs", "GroupId"), "SourcePrefixListId": ("PrefixListIds", "PrefixListId"),
             "DestinationSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
             "DestinationPrefixListId": ("PrefixListIds", "PrefixListId")}
    made = {name: int(rule[name]) if name != "IpProtocol" else rule[name]
            for name in ("IpProtocol", "FromPort", "ToPort") if name in rule}
    made.update({kind: [{key: rule[name]}] for name, (kind, key) in peers.items() if name in rule})
    return made


def set_group(ec2, name, p, before):
    """Rules that stand in the group itself: the difference alone, so that those with resources of their own stay."""
    if before is None:  # moto makes what comes in, and leaves everything outwards open
        if "SecurityGroupEgress" in p:
            has = ec2.describe_security_groups(GroupIds=[name])["SecurityGroups"][0]["IpPermissionsEgress"]
            ec2.revoke_security_group_egress(GroupId=name, IpPermissions=has)
            ec2.authorize_security_group_egress(GroupId=name, IpPermissions=[permission(r) for r in p["SecurityGroupEgress"]])
        return
    for attribute, way in {"SecurityGroupIngress": "ingress", "SecurityGroupEgress": "egress"}.items():
        now, old = p.get(attribute, []), before.get(attribute, [])
        for verb, rules in (("revoke", [r for r in old if r not in now]), ("authorize", [r for r in now if r not in old])):
            if rules:
                getattr(ec2, f"{verb}_security_group_{way}")(GroupId=name, IpPermissions=[permission(r) for r in rules])


def set_endpoint(ec2, name, p, before):
    has = ec2.describe_vpc_endpoints(VpcEndpointIds=[name])["VpcEndpoints"][0]
    has["SecurityGroupIds"] = [g["GroupId"] for g in has.get("Groups", [])]
    more = {}
    for attribute in ENDPOINT_NAMES:
        added, taken = (set(a) - set(b) for a, b in ((p.get(attribute, []), has.get(attribute, [])),
                                                     (has.get(attribute, []), p.get(attribute, []))))
        more.update({**({"Add" + attribute: sorted(added)} if added else {}),
                     **({"Remove" + attribute: sorted(taken)} if taken else {})})
    if more:
        ec2.modify_vpc_endpoint(VpcEndpointId=name, **more)


def lifecycle_rule(rule):
    """A rule of the template in the words of the API."""
    made = {"ID": rule.get("Id", ""), "Status": rule["Status"], "Filter": {"Prefix": rule.get("Prefix", "")}}
    if "ExpirationInDays" in rule:
        made["Expiration"] = {"Days": int(rule["ExpirationInDays"])}
    if "Transitions" in rule:
        made["Transitions"] = [{"Days": int(t["TransitionInDays"]), "StorageClass": t["StorageClass"]}
                               for t in rule["Transitions"]]
    for name in ("AbortIncompleteMultipartUpload", "NoncurrentVersionExpiration"):
        if name in rule:
            made[name] = rule[name]
    return made


def set_bucket(s3, name, p, before):
    if "VersioningConfiguration" in p:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=p["VersioningConfiguration"])
    if "PublicAccessBlockConfiguration" in p:
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=p["PublicAccessBlockConfiguration"])
    if "OwnershipControls" in p:
        s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls=p["OwnershipControls"])
    if "LifecycleConfiguration" in p:
        s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={
            "Rules": [lifecycle_rule(rule) for rule in p["LifecycleConfiguration"]["Rules"]]})


def set_topic(sns, name, p, before):
    if "KmsMasterKeyId" in p:
        sns.set_topic_attributes(TopicArn=name, AttributeName="KmsMasterKeyId", AttributeValue=p["KmsMasterKeyId"])


def set_role(iam, name, p, before):
    """The policies of a role that is there already: moto changes its description alone."""
    wanted = {policy["PolicyName"]: policy["PolicyDocument"] for policy in p.get("Policies", [])}
    for policy in {policy["PolicyName"] for policy in (before or {}).get("Policies", [])} - set(wanted):
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    for policy, document in wanted.items() if before is not None else ():
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(document))


def set_policy(iam, name, p, before):
    if before is not None:
        iam.create_policy_version(PolicyArn=name, PolicyDocument=json.dumps(p["PolicyDocument"]), SetAsDefault=True)


AFTER = {
    "AWS::IAM::ManagedPolicy": ("iam", set_policy, ("PolicyDocument",)),
    "AWS::IAM::Role": ("iam", set_role, ("Policies",)),
    "AWS::EC2::VPC": ("ec2", set_vpc, VPC_NAMES),
    "AWS::EC2::Subnet": ("ec2", set_subnet, SUBNET_NAMES),
    "AWS::EC2::VPCEndpoint": ("ec2", set_endpoint, ENDPOINT_NAMES),
    "AWS::EC2::SecurityGroup": ("ec2", set_group, GROUP_NAMES),
    "AWS::S3::Bucket": ("s3", set_bucket, BUCKET_NAMES),
    "AWS::SNS::Topic": ("sns", set_topic, ("KmsMasterKeyId",)),
}
