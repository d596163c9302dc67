"""What is done in one step on the server, in Lua: all or nothing, whoever else is there."""

from hashlib import sha1
from typing import NamedTuple


class Script(NamedTuple):
    """A script, and the digest by which the server knows it once it was sent."""

    text: str
    digest: str


def _script(text: str) -> Script:
    return Script(text, sha1(text.encode(), usedforsecurity=False).hexdigest())


COMMIT = _script("""
local entries, now = tonumber(ARGV[1]), redis.call('TIME')
local floor = now[1] * 1000000 + now[2]
local receipt, next_key = ARGV[2], entries + 1
if receipt ~= '' then
  local before = redis.call('GET', KEYS[next_key])
  if before then return {'repeated', before} end
end
local holder = ARGV[4]
local versions, place = {}, 5
for i = 1, entries do
  local current, version = redis.call('GETRANGE', KEYS[i], 0, 16), 0
  if current ~= '' then version = tonumber(string.match(current, '^%d+')) end
  if version ~= tonumber(ARGV[place + 1]) then return {'conflict', i} end
  if ARGV[place] ~= 'check' then
    local lease = redis.call('GET', KEYS[i] .. ':lease')
    if lease and lease ~= holder then return {'conflict', i} end
  end
  versions[i] = string.format('%.0f', math.max(version + 1, floor))
  place = place + 4
end
place = 5
for i = 1, entries do
  local what, milliseconds = ARGV[place], ARGV[place + 2]
  if what == 'set' and milliseconds == '' then
    redis.call('SET', KEYS[i], versions[i] .. ' ' .. ARGV[place + 3])
  elseif what == 'set' then
    redis.call('SET', KEYS[i], versions[i] .. ' ' .. ARGV[place + 3], 'PX', milliseconds)
  elseif what == 'delete' then
    redis.call('DEL', KEYS[i])
  end
  if what ~= 'check' and holder ~= '' then redis.call('DEL', KEYS[i] .. ':lease') end
  place = place + 4
end
if receipt ~= '' then
  redis.call('SET', KEYS[next_key], receipt, 'PX', ARGV[3])
end
local ids = {}
for i = 1, tonumber(ARGV[place]) do
  local owner, version = tonumber(ARGV[place + 1]), ARGV[place + 2]
  if owner > 0 then version = versions[owner] end
  ids[i] = redis.call('XADD', KEYS[#KEYS], '*', 'version', version, 'record', ARGV[place + 3])
  place = place + 3
end
return {'done', versions, ids}
""")
"""Keys: the entries, the receipt's if there is one, the outbox if there are records.

Arguments: the number of entries; the receipt and its milliseconds, or twice nothing; who has taken
leases, which are given back; four for each entry (`set`, `delete` or `check`, the version that it has to have, milliseconds to live, the
document); the number of records, and three for each (the entry that it tells of, or 0 and its
version, and its text).

A new version is one more than the last, and not less than the server's time in microseconds: so it
never goes back, and nothing is kept of what is gone. A number that Lua writes itself would lose digits.
"""

PENDING = _script("""
local now = redis.call('TIME')
local milliseconds = now[1] * 1000 + math.floor(now[2] / 1000)
local found, newest = {}, string.format('%.0f', milliseconds - tonumber(ARGV[1]))
local start = '-'
while #found < tonumber(ARGV[3]) do
  local entries = redis.call('XRANGE', KEYS[1], start, newest, 'COUNT', ARGV[3])
  if #entries == 0 then break end
  for _, entry in ipairs(entries) do
    local until_ = redis.call('HGET', KEYS[2], entry[1])
    if #found < tonumber(ARGV[3]) and (not until_ or tonumber(until_) <= milliseconds) then
      found[#found + 1] = {entry[1], entry[2][2], entry[2][4]}
      if ARGV[2] ~= '0' then
        redis.call('HSET', KEYS[2], entry[1], string.format('%.0f', milliseconds + ARGV[2]))
      end
    end
    start = '(' .. entry[1]
  end
end
return found
""")
"""Keys: the outbox, and who has claimed what. Arguments: milliseconds of age and of the lease, and
how many records at most."""

UNPUBLISHED = _script("""
local now = redis.call('TIME')
local newer = now[1] * 1000 + math.floor(now[2] / 1000) - tonumber(ARGV[1]) + 1
local kept = redis.call('XRANGE', KEYS[1], string.format('%.0f', newer), '+')
return redis.call('XLEN', KEYS[1]) - #kept
""")
"""Keys: the outbox. Arguments: milliseconds of age. Gives the number of records."""

PUBLISHED = _script("""
redis.call('XDEL', KEYS[1], unpack(ARGV))
redis.call('HDEL', KEYS[2], unpack(ARGV))
""")
"""Keys as of `PENDING`; arguments are the ids of records."""

NUMBERS = _script("""
if tonumber(ARGV[2]) > tonumber(redis.call('GET', KEYS[1]) or '0') then
  redis.call('SET', KEYS[1], ARGV[2])
end
redis.call('INCRBY', KEYS[1], ARGV[1])
return redis.call('GET', KEYS[1])
""")
"""Keys: the last number of an entity. Arguments: how many more, and the number they have to be above.

Gives the last of them, as text: a number of Lua's would lose digits.
"""

LEASE = _script("""
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return {1, redis.call('GET', KEYS[1])}
end
return {0}
""")
"""Keys: an entry, and its lease. Arguments: who takes it, and for how many milliseconds."""

RELEASE = _script("""
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
""")
"""Keys: a lease. Arguments: who has it."""

CACHE = _script("""
local found = redis.call('GET', KEYS[1])
local version, text = tonumber(ARGV[1]), ARGV[2]
if found then
  local digits = string.match(found, '^%d+')
  local known = tonumber(digits)
  local shape = ' ' .. ARGV[4] .. ' '
  local is_known = string.sub(found, #digits + 1, #digits + #shape) == shape
  if known > version or (known == version and (is_known or text == '')) then return 0 end
end
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. text, 'PX', ARGV[3])
return 1
""")
"""Keys: an entry of a cache. Arguments: a version, a shape with a document of it or nothing,
milliseconds of its time, the shape.

Gives 1 where it was kept: an older version is not, nor one that is there already in that shape.
"""
