# shellcheck shell=bash disable=SC2034,SC2154 # sourced: variables are shared with run.sh
# The pair as its administrator sees it: what is installed and set up by hand, and the questions that are asked of the
# database, of the nodes (through judge.sh) and of the client (client.sh). Sourced.

address=172.25.44.144

# HaSharp is built from a copy of the sources: their lock files do not know the packages of a self-contained build, and
# the checkout keeps its build products.
copy_source() {
    rm -rf "$cache/source"
    mkdir -p "$cache/source"
    tar -C "$root" --exclude=bin --exclude=obj --exclude=packages.lock.json -cf - src Directory.Build.props \
        Directory.Packages.props global.json .editorconfig | tar -C "$cache/source" -xf -
}

# With its runtime, for machines without .NET.
restore() {
    dotnet restore "$cache/source/src/HaSharp.Cli" --runtime linux-x64 --artifacts-path "$cache/artifacts" \
        -p:SelfContained=true -p:RestorePackagesWithLockFile=false --verbosity quiet
}

# What an administrator unpacks on a node, as a disk: the published build, what `make install` needs, the site's files.
build_installation() {
    local what=$run/install
    mkdir -p "$what/docs"
    dotnet publish "$cache/source/src/HaSharp.Cli" --configuration Release --runtime linux-x64 --self-contained \
        --no-restore --artifacts-path "$cache/artifacts" --verbosity quiet --nologo --output "$what/out" \
        -p:RestorePackagesWithLockFile=false -p:RunAnalyzers=false -p:PublishDocumentationFiles=false
    rm -rf "$cache/source"
    cp -a "$root/resource-agents" "$what/out/"
    rm -f "$what/out/resource-agents/README.md"
    cp -a "$root/Makefile" "$root/eng" "$what/"
    cp -a "$root/docs/man" "$what/docs/"
    cp -a "$root/tests/vm/site" "$what/"
    mke2fs -q -t ext4 -O '^has_journal' -m 0 -d "$what" "$run/install.ext4" \
        "$(($(du -sm --apparent-size "$what" | cut -f1) * 5 / 4 + 16))M" > /dev/null
    rm -rf "$what"
}

install_hasharp() {
    on_both 'cd /install && make install > /tmp/install.log 2>&1 || { cat /tmp/install.log; exit 1; }
        mkdir -p /etc/ha.d && cp site/ha.cf site/haresources site/authkeys /etc/ha.d/ && chmod 600 /etc/ha.d/authkeys
        cp site/example.res /etc/drbd.d/ && sync'
}

drbd_up() {
    on "$1" 'modprobe drbd && drbdadm up sqldata'
}

# What an administrator types to take the database, and to give it up.
take_by_hand() {
    on "$1" 'drbdadm primary sqldata && mount -t ext4 /dev/drbd1 /var/lib/mysql \
        && /etc/init.d/mariadb start > /dev/null 2>&1'
}

give_by_hand() {
    on "$1" '/etc/init.d/mariadb stop > /dev/null 2>&1 && umount /var/lib/mysql && drbdadm secondary sqldata'
}

# The first time: an empty device, synchronised in full, with the database that Debian's package has made.
fill_disk() {
    on_both 'drbdadm create-md --force sqldata && modprobe drbd && drbdadm up sqldata' > "$run/create-md" 2>&1
    wait_until 'DRBD is connected' says server2 'cs:Connected*'
    on server2 'drbdadm primary --force sqldata'
    wait_until 'DRBD has synchronised' says server2 'ds:UpToDate/UpToDate'
    on server2 'mkfs.ext4 -q /dev/drbd1 && mount /dev/drbd1 /mnt && cp -a /var/lib/mysql/. /mnt/ \
        && chown mysql:mysql /mnt && umount /mnt'
    take_by_hand server2
    on server2 "mariadb -e \"create database shop; create table shop.orders(id int primary key, v varchar(32));
        create user shop; grant all on shop.* to shop\""
    give_by_hand server2
}

start_hasharp() {
    on "$1" 'DOTNET_EnableDiagnostics=0 DOTNET_EnableWriteXorExecute=0 \
        setsid hasharp run < /dev/null > /dev/null 2>> /var/log/hasharp.log &'
}

# An ordinary process on the node that wants a moment of the processor ten times a second, and notes when it had one.
start_bystander() {
    on "$1" 'setsid sh -c "while read -r up _ < /proc/uptime; do echo \$up; sleep 0.1; done" \
        > /tmp/bystander < /dev/null 2> /dev/null & echo $! > /tmp/bystander.pid'
}

# end_bystander NODE: prints the longest time that it waited, in milliseconds.
end_bystander() {
    # shellcheck disable=SC2016 # the words are the node's
    on "$1" 'kill "$(cat /tmp/bystander.pid)"; cat /tmp/bystander' | awk '
        NR > 1 && $1 - last > longest { longest = $1 - last }
        { last = $1 }
        END { printf "%d\n", longest * 1000 }'
}

start_client() {
    mkdir -p "$run/client"
    : > "$run/client/acknowledged"
    ip netns exec "$namespace" "$root/tests/vm/client.sh" "$address" "$run/client" &
}

start_judge() {
    local options
    mapfile -t options < <(ssh_options)
    : > "$run/doubles"
    ip netns exec "$namespace" "$root/tests/vm/judge.sh" "$run" ssh "${options[@]}" &
}

# says NODE PATTERN: whether what the judge heard of NODE last looks like PATTERN (judge.sh, node-state).
says() {
    # shellcheck disable=SC2053 # a pattern it is
    [[ $(cat "$run/$1.state") == *$2 ]]
}

holds() {
    says "$1" '1 1 cs:* ro:Primary/* ds:UpToDate/*'
}

holds_nothing() {
    says "$1" '0 0 cs:* ro:Secondary/* ds:*'
}

# first_seen TIME NODE EXPRESSION: when after TIME the judge first heard NODE say anything like it, in milliseconds.
first_seen() {
    awk -v time="$1" -v node="$2" -v expression="$3" '
        $1 * 1000 > time && $2 == node && $0 ~ expression { printf "%d\n", $1 * 1000; found = 1; exit }
        END { exit !found }
    ' "$run/judge.log"
}

query() {
    inside timeout -k 1 15 mariadb --no-defaults --host="$address" --user=shop --connect-timeout=5 \
        --skip-column-names --batch shop --execute="$1"
}

# served_since TIME: whether a row was acknowledged that was sent after TIME.
served_since() {
    awk -v time="$1" '$2 > time { found = 1; exit } END { exit !found }' "$run/client/acknowledged"
}

# no_row_lost: every row that was acknowledged until now is there, as it was written; asked through the address.
no_row_lost() {
    local lost
    cp "$run/client/acknowledged" "$run/client/expected"
    [ -s "$run/client/expected" ] || { echo 'no row was ever acknowledged'; return 1; }
    query 'select id, v from orders' > "$run/client/found" || return 1
    lost=$(awk 'NR == FNR { row[$1] = $2; next } row[$1] != "row-" $1 { print $1 }' \
        "$run/client/found" "$run/client/expected")
    [ -z "$lost" ] || { echo "of $(wc -l < "$run/client/expected") rows are lost: ${lost//$'\n'/ }"; return 1; }
}

# longest_gap SINCE: the longest time without an acknowledgement that ended after SINCE, in milliseconds.
longest_gap() {
    sort -n -k 3 "$run/client/acknowledged" | awk -v since="$1" '
        $3 > since && last && $3 - last > gap { gap = $3 - last }
        { last = $3 }
        END { print gap + 0 }'
}

never_twice() {
    [ ! -s "$run/doubles" ] || { cat "$run/doubles"; return 1; }
}

# refuses NODE: whether its daemon says that the group shall run there and does not.
refuses() {
    on "$1" 'hasharp status --json' | grep -E '"owner":"[^"]*","state":"(failed|stopped)"'
}

reason_names() {
    on "$1" 'hasharp status --json' | tee "$run/refusal" | grep -q "$2" || { cat "$run/refusal"; return 1; }
}

no_split_brain() {
    local found
    found=$(on_both 'dmesg | grep -i split-brain || true') || return 1
    [ -z "$found" ] || { echo "$found"; return 1; }
}
