# SPDX-License-Identifier: Apache-2.0
# What is to be done with each node, by the table states, and with instances and claims. Prints lines "do node queue reason",
# where "unknown" is a state that is not in the table, as it may be of an instance; "wait folder/name" for what is to be remembered; "end-instance id",
# "drop id" (a claim), "adopt id node". With answered=0 EC2 did not say which instances there are.
# old: launch times below it are old enough; busy: age of the oldest resume program at work, or -1; stopped: not empty where
# the fleet is.
#
# part 1: states; 2: hpcc_nodes.conf; 3: marks "folder/name age"; 4: claims "id age node"; 5: instances "id state launched
# address"; 6: nodes "name address compact complete queue up|inact reason".
part == 1 && $1 == "ec2" {
	means[$2] = $3
	next
}

part == 1 {
	n++
	state[n] = "^(" $1 ")$"
	kind[n] = $2
	ec2[n] = $3
	wait[n] = $4
	act[n] = $5
	sub(/^[^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+ /, "")
	reason[n] = $0
}

part == 2 && /^NodeName=/ {
	sub(/^NodeName=/, "", $1)
	sub(/-\[.*/, "", $1)
	ours[$1]
}

part == 3 {
	mark[$1] = $2
}

# The power may have gone before a name was on the disk: the node's address tells.
part == 4 && $3 == "-" {
	blank[$1]
	next
}

part == 4 {
	claim[$1] = $3
	age[$1] = $2
}

part == 5 {
	is[$1] = ($2 in means) ? means[$2] : "unknown"
	if (is[$1] == "unknown")
		print "unknown", $1, "-", $2
	launched[$1] = $3
	at[$1] = $4
}

# Of the lines of a node that is in several partitions the one of its queue counts.
part == 6 {
	name = $1
	base = name
	sub(/-[0-9]+$/, "", base)
	sort = !(base in ours) ? "own" : index(name, $5 "-st-") == 1 ? "st" : index(name, $5 "-dy-") == 1 ? "dy" : "own"
	if (name in sorted && sort == "own")
		next
	if (!(name in sorted))
		order[++nodes] = name
	sorted[name] = sort
	address[name] = $2
	word = $3
	flags = "+" $4 "+"
	if (word == "drain" || word == "drain*")
		word = flags ~ /[+]reserved[+]/ ? "drain&" : word
	if (word == "inval")
		word = (flags ~ /^[+](alloc|mix)|[+]completing[+]/ ? "invalg" : word) \
			(flags ~ /[+]powering_down[+]/ ? "%" : flags ~ /[+]powered_down[+]/ ? "~" : \
			flags ~ /[+]power_down[+]/ ? "!" : flags ~ /[+]powering_up[+]/ ? "#" : "")
	now[name] = word
	queue[name] = $5
	open[name] = $6
	sub(/^[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ */, "")
	sub(/ +$/, "")
	why[name] = $0
}

# Is this for longer than `limit` seconds? Remembers that it is.
function long(key, limit) {
	print "wait " key
	return key in mark && mark[key] > limit
}

# A resume program that was at work before this was first seen may still come to it. A mark may be younger than its start.
function at_work(key) {
	return busy >= 0 && busy + 10 >= (key in mark ? mark[key] : 0)
}

# Does the instance of a claim live? EC2 may not list a young one yet, and of others one answer is not enough.
function lives(id) {
	return id in is ? is[id] ~ /alive|unknown/ : age[id] <= 120 || !long("hpcc-unclaimed/" id, 60)
}

# Of several claims for a node the youngest that lives counts; a young one may be younger than what Slurm said of its node.
function judge_claim(id, node, gone) {
	gone = id in is ? is[id] == "ended" : !up[id]
	if (gone)
		print "drop " id
	else if (id in is && is[id] == "unknown")
		return
	else if (!up[id] || age[id] > 120 && (!(node in now) || now[node] ~ /~$/ || holds[node] != id))
		print "end-instance " id
}

function judge_instance(id, key, node) {
	node = at[id] in lives_at ? lives_at[at[id]] : ""
	if (node != "" && is[id] == "alive") {
		print "adopt " id " " node
		found[node] = "alive"
		return
	}
	key = "hpcc-unclaimed/" id
	if ((long(key, 120) || launched[id] < old) && !at_work(key))
		print "end-instance " id
}

function judge_node(name, i, key, limit) {
	for (i = 1; i <= n; i++)
		if (now[name] ~ state[i] && (kind[i] == "any" || kind[i] == sorted[name]) &&
		    (ec2[i] == "any" || answered && ec2[i] == (name in found ? found[name] : "none")) && why[name] ~ reason[i])
			break
	if (i > n)
		return "unknown"
	if (stopped != "" && sorted[name] != "own" && now[name] !~ /[~%!]$/)
		return "end"
	if (act[i] == "start" && open[name] != "up")
		return "-"
	if (wait[i] == "-")
		return act[i]
	limit = wait[i]
	sub(/.*:/, "", limit)
	key = wait[i]
	sub(/:.*/, "", key)
	key = key "/" name
	return long(key, limit + 0) && !(ec2[i] == "none" && at_work(key)) ? act[i] : "-"
}

END {
	if (answered) {
		for (id in blank)
			if (!(id in is) || is[id] == "ended")
				print "drop " id
		for (id in claim) {
			node = claim[id]
			up[id] = lives(id)
			if (up[id] && (!(node in holds) || age[id] + 0 < age[holds[node]] + 0))
				holds[node] = id
			if (!(node in found) || found[node] == "gone")
				found[node] = up[id] ? "alive" : "gone"
		}
		for (id in claim)
			judge_claim(id, claim[id])
		for (name in now)
			if (!(name in found) && sorted[name] != "own" && now[name] !~ /[~%]$/)
				lives_at[address[name]] = name
		for (id in is)
			if (!(id in claim) && is[id] ~ /alive|stopped/)
				judge_instance(id)
	}
	for (k = 1; k <= nodes; k++) {
		name = order[k]
		do_it = judge_node(name)
		if (do_it != "-")
			print do_it, name, queue[name], do_it == "unknown" ? now[name] : why[name]
	}
}
