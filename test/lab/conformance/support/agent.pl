# Runs inside a guest: does what it is told on standard input, one thing after another, so that a step of a case costs no new
# session and no new shell. In Perl because every Debian has it and it starts in no time, also without hardware.
#
# A request and an answer are lists of words: their lengths in bytes on one line, then the words themselves.
use strict;
use warnings;
use Digest::MD5;
use POSIX ();

my ($MS_RDONLY, $MNT_DETACH, $SYS_mount, $SYS_umount2) = (1, 2, 165, 166);
my ($SYS_sched_setaffinity, $SYS_sched_getaffinity) = (203, 204);
my $BLKZNAME = 0x8100127D;
my $BLOCK = 131072;
my $scratch = "/run/conformance-$$";
my $mounts = 0;

mkdir $scratch or die "$scratch: $!";
binmode STDIN;
binmode STDOUT;
$SIG{PIPE} = 'IGNORE';

sub take {
  my ($from, $length) = @_;
  my $data = '';
  while (length $data < $length) {
    my $got = sysread $from, $data, $length - length $data, length $data;
    return undef unless $got;
  }
  return $data;
}

sub give {
  my ($to, $data) = @_;
  my $at = 0;
  while ($at < length $data) {
    my $done = syswrite $to, $data, length($data) - $at, $at;
    return 0 unless defined $done;
    $at += $done;
  }
  return 1;
}

sub slurp {
  my ($path) = @_;
  open my $file, '<:raw', $path or return '';
  local $/;
  return scalar(<$file>) // '';
}

# Starts a program with these as its standard descriptors: open handles, or paths of files to be made.
sub start {
  my ($in, $out, $err, @argv) = @_;
  my $pid = fork;
  die "fork: $!" unless defined $pid;
  return $pid if $pid;
  $SIG{PIPE} = 'DEFAULT';
  open STDIN, '<&', $in or POSIX::_exit(126);
  ref $out ? open STDOUT, '>&', $out : open STDOUT, '>', $out or POSIX::_exit(126);
  open STDERR, '>', $err or POSIX::_exit(126);
  exec {$argv[0]} @argv;
  print STDERR "$argv[0]: $!\n";
  POSIX::_exit(127);
}

sub status {
  my ($pid) = @_;
  waitpid $pid, 0;
  return ($? >> 8, $? & 127);
}

sub nothing { open my $null, '<', '/dev/null' or die; return $null }

sub run {
  my ($stdin, @argv) = @_;
  my $in = nothing();
  if ($stdin ne '') {
    pipe $in, my $feed or die "pipe: $!";
    give($feed, $stdin);
  }
  my @status = status(start($in, "$scratch/out", "$scratch/err", @argv));
  return (@status, slurp("$scratch/out"), slurp("$scratch/err"));
}

# Bytes that follow the header of a record of a send stream, and the data of files or volumes among them.
sub payload {
  my ($header) = @_;
  my ($type, $length) = unpack 'VV', $header;
  return ($length, 0) if $type == 0;
  if ($type == 1) {
    my ($bonus, $raw) = (unpack('x28 V', $header), unpack('x36 V', $header));
    return ($raw || ($bonus + 7 & ~7), 0);
  }
  if ($type == 3) {
    my ($kind, $logical) = (unpack('x16 V', $header), unpack('x32 Q<', $header));
    my $size = unpack('x50 C', $header) ? unpack('x96 Q<', $header) : $logical;
    return ($size, $kind == 19 || $kind == 23 ? $logical : 0);
  }
  return (unpack('x33 C', $header) ? unpack('x40 Q<', $header) : unpack('x16 Q<', $header), 0) if $type == 7;
  if ($type == 8) {
    my $size = unpack 'x52 V', $header;
    return ($size + 7 & ~7, 0);
  }
  return (0, 0);
}

# Hands on a stream until so many bytes of data have passed and something else would follow. True if it ended so.
sub hand_on {
  my ($from, $to, $limit) = @_;
  my $passed = 0;
  while (defined(my $header = take($from, 312))) {
    my ($length, $data) = payload($header);
    return 1 if $passed >= $limit && ($data > 0 || unpack('V', $header) == 5);
    my $body = $length ? take($from, $length) : '';
    return 0 unless defined $body && give($to, $header . $body);
    $passed += $data;
  }
  return 0;
}

sub transfer {
  my ($blocks, $count, @words) = @_;
  my @send = splice @words, 0, $count;
  pipe my $sent, my $sender or die "pipe: $!";
  my $source = start(nothing(), $sender, "$scratch/send", @send);
  close $sender;
  my ($sink, $cut) = (undef, 0);
  if ($blocks eq '') {
    $sink = start($sent, "$scratch/out", "$scratch/err", @words);
    close $sent;
  } else {
    pipe my $given, my $giver or die "pipe: $!";
    # Close-on-exec keeps our ends out of the programs.
    $sink = start($given, "$scratch/out", "$scratch/err", @words);
    close $given;
    $cut = hand_on($sent, $giver, $blocks * $BLOCK);
    close $giver;
    close $sent;
  }
  my @sink = status($sink);
  my @source = status($source);
  @source = (0, 0) if $cut;
  return (@source, slurp("$scratch/send"), @sink, slurp("$scratch/out"), slurp("$scratch/err"));
}

sub mounted {
  my ($name) = @_;
  my @found;
  for (split /\n/, slurp('/proc/self/mounts')) {
    my ($device, $path, $type) = map { s/\\([0-7]{3})/chr oct $1/ger } split / /;
    push @found, [$device, $path] if $type eq 'zfs' && ($device eq $name || index($device, "$name/") == 0);
  }
  return @found;
}

sub folder_of {
  my ($name) = @_;
  for (mounted($name)) { return $_->[1] if $_->[0] eq $name }
  return undef;
}

sub mount_at_once {
  my ($name, $flags) = @_;
  my $path = "$scratch/m" . ++$mounts;
  mkdir $path or die "$path: $!";
  my ($device, $type, $data) = ($name, 'zfs', '');
  if (syscall($SYS_mount, $device, my $where = $path, $type, $flags, $data) != 0) {
    my $reason = "$!";
    rmdir $path;
    die "mount $name: $reason\n";
  }
  return $path;
}

sub unmount {
  my ($path) = @_;
  syscall($SYS_umount2, my $where = $path, $MNT_DETACH) == 0 or die "umount $path: $!\n";
  rmdir $path;
}

# Does something with the folder of a filesystem; where it is not mounted, it is only for that.
sub inside {
  my ($name, $flags, $work) = @_;
  my $open = folder_of($name);
  my $path = $open // mount_at_once($name, $flags);
  my @result = eval { $work->($path) };
  my $problem = $@;
  unmount($path) unless defined $open;
  die $problem if $problem ne '';
  return @result;
}

sub files_in {
  my ($path) = @_;
  opendir my $folder, $path or die "$path: $!\n";
  return map { "$path/$_" } sort grep { -f "$path/$_" } readdir $folder;
}

# The block device of a volume or of its snapshot: there soon after the dataset is.
sub device_of {
  my ($name) = @_;
  for (1 .. 250) {
    for my $path (glob '/dev/zd*') {
      next unless $path =~ m{^/dev/zd[0-9]+$};
      open my $device, '<:raw', $path or next;
      my $found = "\0" x 256;
      ioctl $device, $BLKZNAME, $found or next;
      return $path if unpack('Z*', $found) eq $name;
    }
    select undef, undef, undef, 0.02;
  }
  die "no device of $name\n";
}

# Digest of a volume without the zeros at its end, and how many blocks that is.
sub volume_digest {
  my ($name) = @_;
  open my $device, '<:raw', device_of($name) or die "$name: $!\n";
  my ($digest, $held, $blocks, $count) = (Digest::MD5->new, '', 0, 0);
  while (sysread $device, my $block, $BLOCK) {
    $held .= $block;
    $count++;
    next unless $block =~ /[^\0]/;
    $digest->add($held);
    ($held, $blocks) = ('', $count);
  }
  return ($digest->hexdigest, $blocks);
}

sub digest {
  my ($kind, $name) = @_;
  return (volume_digest($name))[0] if $kind eq 'volume';
  return inside($name, $MS_RDONLY, sub {
    my $digest = Digest::MD5->new;
    for (files_in($_[0])) {
      open my $file, '<:raw', $_ or die "$_: $!\n";
      my $got;
      while ($got = sysread $file, my $data, 1048576) { $digest->add($data) }
      die "$_: $!\n" unless defined $got;
    }
    return $digest->hexdigest;
  });
}

sub noise {
  my ($blocks) = @_;
  open my $random, '<:raw', '/dev/urandom' or die "urandom: $!\n";
  return take($random, $blocks * $BLOCK);
}

sub put {
  my ($path, $mode, $at, $data) = @_;
  open my $file, $mode, $path or die "$path: $!\n";
  sysseek $file, $at, 0;
  give($file, $data) or die "$path: $!\n";
  require IO::Handle;
  $file->sync;
  close $file or die "$path: $!\n";
}

# Makes a file whose object lies before its folder's in a stream. Which number a new object gets depends on the processor that
# asks, and what a stream that was cut off has brought would differ from run to run.
sub make_before_folder {
  my ($path, $folder) = @_;
  my $all = "\0" x 128;
  syscall($SYS_sched_getaffinity, 0, length $all, $all) > 0 or die "sched_getaffinity: $!\n";
  my $made = 0;
  for my $processor (grep { vec $all, $_, 1 } 0 .. 8 * length($all) - 1) {
    my $only = "\0" x 128;
    vec($only, $processor, 1) = 1;
    syscall($SYS_sched_setaffinity, 0, length $only, $only) == 0 or die "sched_setaffinity: $!\n";
    open my $file, '>:raw', $path or die "$path: $!\n";
    close $file;
    $made = (stat $path)[1] < (stat $folder)[1];
    last if $made;
    unlink $path;
  }
  syscall($SYS_sched_setaffinity, 0, length $all, $all);
  die "$path: every processor puts it behind its folder\n" unless $made;
}

# A filesystem has all of its blocks in one file. With each change a name in the folder changes, too: a block of the folder that
# comes behind those of the file makes sure of them, always and not only where a file is new.
sub write_blocks {
  my ($name, $blocks, $at_end) = @_;
  return inside($name, 0, sub {
    my $path = "$_[0]/content";
    make_before_folder($path, $_[0]) unless -e $path;
    put($path, '+<:raw', $at_end ? -s $path : 0, noise($blocks));
    my ($now, $then) = -e "$_[0]/odd" ? ('even', 'odd') : ('odd', 'even');
    if (-e "$_[0]/$then") { rename "$_[0]/$then", "$_[0]/$now" or die "$_[0]: $!\n" }
    else { put("$_[0]/$now", '>:raw', 0, '') }
  });
}

sub append {
  my ($kind, $name, $blocks) = @_;
  return put(device_of($name), '+<:raw', (volume_digest($name))[1] * $BLOCK, noise($blocks)) if $kind eq 'volume';
  write_blocks($name, $blocks, 1);
  return;
}

my %deeds = (
  run => \&run,
  transfer => \&transfer,
  digest => \&digest,
  append => \&append,
  mount => sub { mount_at_once($_[0], 0) },
  unmount => sub { unmount($_->[1]) for reverse mounted($_[0]); return },
  overwrite => sub {
    write_blocks($_[0], 1, 0);
    return;
  },
  clear => sub {
    inside($_[0], 0, sub { unlink($_) or die "$_: $!\n" for files_in($_[0]) });
    return;
  },
);

while (defined(my $line = <STDIN>)) {
  chomp $line;
  my ($deed, @words) = map { my $word = ''; read STDIN, $word, $_ if $_; $word } split / /, $line;
  my @answer = eval { ('', $deeds{$deed}->(@words)) };
  @answer = ($@) if $@ ne '';
  @answer = map { $_ // '' } @answer;
  give(\*STDOUT, join(' ', map { length } @answer) . "\n" . join('', @answer)) or last;
}
unlink glob "$scratch/*";
rmdir $scratch;
