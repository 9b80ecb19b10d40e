/**
 * The words that may stand in a diagnostics bundle as they are. Everything else that is a word is replaced: a name that nobody
 * knows to be one must not get out because it was missing from a list of names.
 */
import { PROBLEMS } from '../../api/problem.ts';

/** What zfs, ssh, the kernel and this program say, beyond what stands in the texts of problems. */
const SAID = `
abort aborted access active address administrator after again agent all allocated allow allowed already and another any applicable are
argument arguments as at attempt attempting authentication auth available away bad base battery be because been before begin begun being
below between block blocked blocks bookmark bookmarks broken buffer busy but by bytes cache call can cannot canmount capabilities cause
caused change changed changes channel check checksum child children chmod chown cipher clone clones close closed code come command
commands common compared complete compressed compression config configuration configured connect connected connection connections
contains copy corrupt corrupted could count create created creation creating cron cursor cursors daemon damaged data database dataset
datasets date day days decimal default deleted dense denied destination destroy destroyed destroying detected device devices did differ
different digest disable disabled disk do does done down drive due dump during duplicate each embedded empty enabled encrypted encryption
encryptionroot end ended endpoint ends enough entries entry error errors estimate etc exceeded exec exist existing exists exit exited expected
explicitly expired export exported fail failed failure false fatal feature features file files filesystem filesystems filter finished first for force
foreign found free frame from full further gave get given go gone grid group guid guids had handshake has have held here history hold holds
home host hosts hour hours id identity idle if ignored import imported in include incompatible increment incremental inherit initial input
inside instead insufficient interface internal interrupted invalid invalidated io is it item its job jobs keep keepalive kept kernel key keyboard
keylocation keys kill killed known label large last later latest left length less limit limited line lines link list listed listen listing loaded local locked log
long lost machine mains manual many mark marks match matched matches max maximum memory message metadata metered method
min minute minutes missing mode modified module more most mount mounted mountpoint move moved mpath much must name named names
need needed needs negotiation network never new newer newest next no node none not nothing now null number of off offline often old older
on once one online only open opened operation option options or order origin other out output over own owner parent part partial partially path
pause paused peer pending period periodic permission permitted phase pin pipe place placeholder plan planned planning plain please pool pools
port possible prefix present previous prior private problem process program programs promote properties property protection protocol prune
pruned pruning public pull push quota quiet range rate raw re reached read readonly reason receive received receiver receiving recent record
recv refused regex release released remote removed rename replicate replicated replicating replication reply request required reservation
reset resource restarted resume resumed resuming retry right rights roll rollback root rule run running same save saved saving schedule scheduled
second seconds secret seen send sender sending sent server service session set setuid sha should side sign signal since sink size sizes skip
skipped sleep small snap snapshot snapshots snapshotted snapshotting so socket some soon source space spawn specified stale stand standard start
started starting state status stdin stdout stderr step steps still stop stopped stopping stream streams stuck subsystem succeeded success such
sudo suspended sync syntax system table tag target task temporary terminated text than that the their them then there these they this those
time timeout timed times to token too total transfer transfers transport tree tried true try trying tty type types unable unavailable undefined
unencrypted unexpected unit unknown unload unloaded unmount unmounted unreachable unreadable unsupported until unused up update upgrade usage use
used user userland usr using valid value values var version versions via volume wait waited waiting wakeup want warning was watch way when where
which while who whole why will with within without word work worker workstation write writing written wrong year yes you zfs zpool zero zstd
bin boot dev home keys lib media mnt opt proc run sbin srv sys tmp usr var conf sock socket yml yaml service systemd snapferry zrepl ssh hosts
ed25519 rsa ecdsa nistp256 curve25519 aes gcm chacha20 poly1305 lz4 gzip sha256 sha512 fletcher4
amd64 arm64 aarch64 x86_64 x86 generic lts cloud deb bpo debian ubuntu arch pve zen rt rc fc el zfs-kmod kmod
utc gmt iso unix human daily hourly weekly monthly yearly frequently autosnap syncoid sanoid
enoent eacces eperm econnrefused econnreset ehostunreach enetunreach etimedout epipe eio enospc ebusy eexist einval enomem enotfound
eai again ecanceled emfile erofs enxio enodev edquot eagain eaddrinuse
`;

/** Keys and values of the configuration. */
const DIALECT = `
address allow_group allow_users backup_properties bandwidth_limit bucket_capacity ca cert client_cns client_identities client_identity
clients color compressed concurrency conflict_resolution connect control count cron dial_timeout disabled dsn embedded_data encrypted encryption
err_is_fatal exclude facility filesystems format from global grid handshake_timeout hooks host host_key identity_file include incremental inherit initial
initial_replication interval jobs keep keep_receiver keep_sender keep_snapshot_at_cursor key known_hosts large_blocks last_n level listen
listen_freebind listener_name logging max min monitoring most_recent negate net not_replicated options override path placeholder port prefix properties
protection pruning quiet_hours raw receive recv regex replication retry_interval root_fs saved send send_properties serve server_cn size_estimates
snapshots snapshotting sockdir sockpath ssh_command steps stepwise sudo time timeout timestamp_format timestamp_location title tls to
transport_open_command type user wait_for syslog tcp stdinserver prometheus postgres mysql checkpoint lock tables lz4 unspecified
on-battery unmetered mains debug info warn error refresservation recordsize atime relatime readonly xattr acltype sharenfs sharesmb
`;

const WORD = /[a-z][a-z0-9]*/g;

/** In lower case. Words of placeholders such as {host} are words like others. */
export const KNOWN_WORDS: ReadonlySet<string> = new Set(
  [SAID, DIALECT, ...Object.entries(PROBLEMS).flatMap(([code, texts]) => [code, ...Object.values(texts)])].flatMap(
    (text) => text.toLowerCase().match(WORD) ?? [],
  ),
);
