# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Capacity blocks begin at a time of their own: until EC2 says that one is active, and after its end, a reservation of Slurm
# keeps jobs and static nodes out. HPCC_BLOCKS has a word "queue/resource/reservation" for each.

# capacity_keep [1]: makes, or without the 1 deletes, the reservation `block_name` unless it is so already.
capacity_keep() {
	block_kept=
	! echo "$block_now" | grep -q "^ReservationName=$block_name " || block_kept=1
	[ "$block_kept" != "$1" ] || return 0
	if [ -z "$1" ]; then
		log "$block_name is active"
		scontrol delete reservationname="$block_name"
		return
	fi
	block_nodes=$(sed -n "s/^NodeName=\(${block%%/*}-[sd][ty]-$(echo "$block" | cut -d / -f 2)-\[[^ ]*\).*/\1/p" \
		"$SLURM_CONF_DIR/hpcc_nodes.conf" | paste -sd ,)
	log "$block_name: $block_state, so no job starts there"
	scontrol create reservationname="$block_name" user=root starttime=now duration=infinite flags=maint,ignore_jobs \
		nodes="$block_nodes"
}

# Without an answer all stays as it is.
capacity_watch() {
	block_now=$(scontrol -o show reservation) || return
	block_told=
	set --
	for block in ${HPCC_BLOCKS:-}; do
		case " $* " in *"=${block##*/} "*) continue ;; esac
		set -- "$@" "CapacityReservationId.$(($# + 1))=${block##*/}"
	done
	[ $# -eq 0 ] || block_told=$(aws ec2 DescribeCapacityReservations "$@") || return
	block_names=
	for block in ${HPCC_BLOCKS:-}; do
		block_state=$(echo "$block_told" | awk -F '\t' -v id="${block##*/}" '
			$1 ~ /\/capacityReservationId$/ { here = $2 == id }
			here && $1 ~ /Set\/item\/state$/ { print $2; exit }')
		block_name=hpcc-block-$(echo "${block%/*}" | tr / -)
		block_names="$block_names $block_name "
		# Told of others, but not of this one: nothing is known.
		[ -n "$block_state" ] || continue
		if [ "$block_state" = active ]; then capacity_keep ''; else capacity_keep 1; fi || log "$block_name: refused"
	done
	# Of blocks that the cluster has no more.
	for block_name in $(echo "$block_now" | sed -n 's/^ReservationName=\(hpcc-block-[^ ]*\) .*/\1/p'); do
		case $block_names in
		*" $block_name "*) ;;
		*) capacity_keep '' ;;
		esac
	done
}
