# Runs inside a guest: prints everything at and below a dataset, and digests of the files of its snapshots, with as few
# processes as it can. Arguments: the dataset, then guids of snapshots that need no digest.
#
# Lines: "dataset NAME TOKEN", "snapshot NAME GUID", "bookmark NAME GUID", "hold SNAPSHOT TAG", "digest GUID HEX".
use strict;
use warnings;
use Digest::SHA;

my ($MS_RDONLY, $MNT_DETACH, $SYS_mount, $SYS_umount2) = (1, 2, 165, 166);
my ($root, @known) = @ARGV;
my %known = map { $_ => 1 } @known;
my $zfs = '/opt/torture/zfs';
my $at = "/run/torture-proof-$$";
mkdir $at or die "$at: $!\n";

sub lines {
  open my $out, '-|', @_ or die "$_[0]: $!\n";
  my @lines = <$out>;
  chomp @lines;
  close $out or return;
  return map { [split /\t/] } @lines;
}

# Regular files below a folder, by path.
sub files_below {
  my ($path) = @_;
  opendir my $folder, $path or die "$path: $!\n";
  my @found;
  for (sort grep { !/^\.\.?$/ } readdir $folder) {
    my $each = "$path/$_";
    push @found, -d $each && !-l $each ? files_below($each) : -f _ ? $each : ();
  }
  return @found;
}

sub digest {
  my ($snapshot) = @_;
  my ($device, $type, $data) = ($snapshot, 'zfs', '');
  syscall($SYS_mount, $device, my $where = $at, $type, $MS_RDONLY, $data) == 0 or return "unreadable:$!";
  my $hex = eval {
    my $all = Digest::SHA->new(256);
    my $count = 0;
    for my $file (files_below($at)) {
      $all->add(substr($file, length $at), "\0", Digest::SHA->new(256)->addfile($file)->digest);
      $count++;
    }
    $count > 0 ? $all->hexdigest : 'empty';
  } // "unreadable:$@";
  syscall($SYS_umount2, $where, $MNT_DETACH);
  $hex =~ s/\s+/ /g;
  return $hex;
}

my @rows = lines($zfs, 'list', '-Hp', '-r', '-t', 'all', '-s', 'createtxg', '-o', 'name,guid,userrefs,receive_resume_token', $root);
my @held;
for (@rows) {
  my ($name, $guid, $userrefs, $token) = @$_;
  if ($name =~ /\@/) {
    print "snapshot\t$name\t$guid\n";
    push @held, $name if $userrefs ne '-' && $userrefs > 0;
  } elsif ($name =~ /#/) {
    print "bookmark\t$name\t$guid\n";
  } else {
    print "dataset\t$name\t$token\n";
  }
}
if (@held) { print "hold\t$_->[0]\t$_->[1]\n" for lines($zfs, 'holds', '-H', @held) }
for (@rows) {
  my ($name, $guid) = @$_;
  print "digest\t$guid\t", digest($name), "\n" if $name =~ /\@/ && !$known{$guid} && !$known{all};
}
rmdir $at;
print "end\n";
