# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# LaunchTemplateOverrides: the network interfaces of a launch template of the user. The column of etc/launch is
# set by launch_row.
# shellcheck disable=SC2154

# Arguments of RunInstances for the interfaces in launch_overrides, "template/version"; none without it, and the refusal where EC2 does not tell. An interface
# ends where a member comes again. One without a subnet lies in that of the queue.
override_interfaces() {
	[ -n "${launch_overrides:-}" ] || return 0
	launch_told=$(aws ec2 DescribeLaunchTemplateVersions "LaunchTemplateId=${launch_overrides%/*}" \
		"LaunchTemplateVersion.1=${launch_overrides#*/}") || {
		echo "$launch_told"
		return 1
	}
	echo "$launch_told" |
		awk -F '\t' -v subnet="$launch_subnets" '
			function close_one() {
				if (n && !("SubnetId" in seen) && !("NetworkInterfaceId" in seen))
					print "NetworkInterface." n ".SubnetId=" subnet
			}
			/networkInterfaceSet\/item\// {
				group = $1 ~ /groupSet\//
				member = $1
				sub(/.*\//, "", member)
				member = toupper(substr(member, 1, 1)) substr(member, 2)
				if (!n || (!group && member in seen)) {
					close_one()
					split("", seen)
					n++
					groups = 0
				}
				if (group) {
					member = "SecurityGroupId." ++groups
				} else {
					seen[member] = 1
				}
				print "NetworkInterface." n "." member "=" $2
			}
			END { close_one() }'
}
