#!/bin/sh
# Outlives the conductor, however that ends, by as long as its children may take to end by themselves, and then kills those
# that are left: a child whose event loop is blocked, or that is stopped, hears no signal and notices nothing.
# Reads what the conductor writes: `+ PID` for a child that has begun, `- PID` for one that has ended.
left=' '
while read -r sign pid; do
  case $sign in
    +) left="$left$pid " ;;
    -) left="${left%% "$pid" *} ${left#* "$pid" }" ;;
  esac
done
[ "$left" = ' ' ] && exit 0
sleep "${1:-4}"
# Every child leads a process group of its own, named as it is: no other process that has its number by now does.
for pid in $left; do kill -KILL "-$pid" 2>/dev/null; done
exit 0
