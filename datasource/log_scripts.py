"""The scripts by which the log grows, each one instant in Redis.

Both find the log's end, add an entry and announce it with the same lines, so there is one way to
deduplicate, number and announce.
"""

# The number follows from the last entry alone: no counter that could run apart from it.
_END = """
local number, latest = 0, 0
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if last then
  number = tonumber(string.match(last[1], '^%d+'))
  latest = tonumber(last[2][4])
end
local function add(mark, value, seconds, message, received)
  if not redis.call('SET', mark, value, 'NX', 'EX', seconds) then return false end
  number, latest = number + 1, math.max(latest, tonumber(received))
  redis.call('XADD', KEYS[1], string.format('%d-0', number),
             'e', message, 'at', string.format('%d', latest))
  return true
end
local function announce() redis.call('PUBLISH', KEYS[1], string.format('%d', number)) end
"""

# KEYS: the log, then one mark of (source, id) for each event.
# ARGV: instant of receipt, seconds a mark lives, entries the log may hold (0: any number), then
# the messages; when the instant is empty, then an instant for each. Answers how many were accepted,
# -1 when something is new and there is no room.
APPEND = f"""
local accepted, count = 0, #KEYS - 1
local limit = tonumber(ARGV[3])
local room = limit > 0 and limit - redis.call('XLEN', KEYS[1]) or #KEYS
if room < count then
  local fresh, known = 0, {{}}
  for i = 2, #KEYS do
    if not known[KEYS[i]] and redis.call('EXISTS', KEYS[i]) == 0 then fresh = fresh + 1 end
    known[KEYS[i]] = true
  end
  if fresh > 0 and fresh > room then return {{-1, 0}} end
end
{_END}
for i = 2, #KEYS do
  local received = ARGV[1] ~= '' and ARGV[1] or ARGV[i + 2 + count]
  if add(KEYS[i], 1, ARGV[2], ARGV[i + 2], received) then accepted = accepted + 1 end
end
if accepted > 0 then announce() end
return {{accepted, number}}
"""

# KEYS: the log, the event's mark. ARGV: instant of receipt, seconds a mark lives, entries the log
# may hold, the message; then what the event was decided by: number, message and instant of an
# entry that the log must hold so (number 0: whatever it holds), how many newer ones may be looked
# through; then texts that none of those may contain.
# Answers what happened, and a number: `done` or `known` (before, 0 when it was marked without
# one) with the event's; `met` with that of the newer entry, its message and its instant; `behind`,
# `full`. The mark keeps the number, so that who asks again hears the same.
APPEND_IF = f"""
local known = redis.call('GET', KEYS[2])
if known then return {{'known', tonumber(known)}} end
{_END}
local after, most = tonumber(ARGV[5]), tonumber(ARGV[8])
if after > 0 then
  local held = redis.call('XRANGE', KEYS[1], after .. '-0', after .. '-0')[1]
  if not held or held[2][2] ~= ARGV[6] or held[2][4] ~= ARGV[7] then return {{'behind', number}} end
end
if #ARGV > 8 then
  if number - after > most then return {{'behind', number}} end
  for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '(' .. after .. '-0', '+')) do
    for i = 9, #ARGV do
      if string.find(entry[2][2], ARGV[i], 1, true) then
        return {{'met', tonumber(string.match(entry[1], '^%d+')), entry[2][2], entry[2][4]}}
      end
    end
  end
end
local limit = tonumber(ARGV[3])
if limit > 0 and redis.call('XLEN', KEYS[1]) >= limit then return {{'full', number}} end
add(KEYS[2], string.format('%d', number + 1), ARGV[2], ARGV[4], ARGV[1])
announce()
return {{'done', number}}
"""
