// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Where a claim stands.
enum Phase {
    None,
    /// Waits for the block whose randomness draws the next validator or stops.
    Drawing,
    /// A validator builds.
    Building,
    /// Validators show what they committed to.
    Revealing,
    /// The publisher shows what it committed to.
    Opening,
    /// The arbiter decides between the publisher and one report.
    Disputed,
    /// End: the output is genuine.
    Valid,
    /// End: the derivation doesn't give the same output twice. Nobody is slashed, nothing is trusted.
    Unreproducible,
    /// End: the publisher misbehaved or didn't open.
    Refuted,
    /// End: not enough validators came. Nobody is slashed, nothing is trusted.
    Abandoned
}

/// @notice What an arbiter finds when two outputs differ.
enum Verdict {
    NonDeterminism,
    Publisher,
    Validator
}

/// @notice The life of one validator's service on a claim.
enum Status {
    None,
    Drawn,
    Committed,
    Revealed,
    Missed,
    Slashed,
    Released
}

/// @notice The constants of a claim. A claim keeps those of its beginning.
/// @dev The first eight share a word: most steps read no other.
/// @param validatorSlash what a validator locks, and loses for misbehaviour or for not revealing, in 10^-18 BCT
/// @param tip for whoever carries out a draw, out of the fee
/// @param buildTime seconds from the draw to the commitment in build class 0; class k has 2^k times as many
/// @param revealTime seconds for validators to reveal, and again for the publisher to open
/// @param continueBelow another validator is drawn if a random 32-bit number is below this: p_continue · 2^32
/// @param delay blocks between a request and the block whose randomness decides
/// @param maxSteps draws and coins in a claim's whole life, failed ones included
/// @param maxRounds rounds that end in non-determinism before the claim does
/// @param publisherStake what the publisher locks
/// @param fee what the publisher pays; tips and juries come out of it and the rest is burned
/// @param disputeTime seconds that the arbiter has beyond those of a build; afterwards it was non-determinism
/// @param maxClass largest build class
/// @param missSlash what a validator loses for missing or declining a build
/// @param defaultTip for whoever moves a claim on after a deadline, out of the defaulter's stake
/// @param jurorPot what the arbiter is paid out of a slashed stake
struct Rules {
    uint80 validatorSlash;
    uint64 tip;
    uint24 buildTime;
    uint24 revealTime;
    uint32 continueBelow;
    uint8 delay;
    uint8 maxSteps;
    uint8 maxRounds;
    uint96 publisherStake;
    uint96 fee;
    uint32 disputeTime;
    uint8 maxClass;
    uint96 missSlash;
    uint96 defaultTip;
    uint96 jurorPot;
}

/// @dev A claim's state that changes in every step: one word.
struct Head {
    address publisher;
    /// Drawing: the block that decides. Otherwise: the deadline, in seconds since 1970.
    uint32 when;
    /// Drawing: slots that are drawn among. Disputed: the number of the disputed report.
    uint16 pool;
    Phase phase;
    uint8 round;
    uint8 reports;
    uint8 steps;
    uint8 rules;
    /// The build class, and OPENED.
    uint8 flags;
}

/// @dev In Head.flags: the publisher's output is known.
uint8 constant OPENED = 0x80;

/// @dev Steps, and therefore reports, that a claim can have.
uint256 constant MAX_STEPS = 64;

/// @dev A claim.
struct Claim {
    Head head;
    Report[MAX_STEPS] reports;
    /// Written by the first dispute; before, the claim's id binds both.
    bytes32 derivation;
    bytes32 output;
}

/// @notice All that is hidden in a claim in which all agree.
/// @param salt what hid the publisher's commitment
/// @param times the build times of the round's reports that aren't revealed yet, in the order of their numbers
/// @param salts what hid them
struct Ending {
    bytes32 derivation;
    bytes32 output;
    bytes32 salt;
    uint32[] times;
    bytes32[] salts;
}

/// @dev slot | round << 16 | own << 23 | status << 24 | time << 32 | answer << 64: one word. `own`: the validator carried
/// out its draw itself, so nobody was tipped for it. The time is what passed from draw to commitment, and once revealed
/// the reported build time, in seconds. The answer is the first 192 bits of the commitment, and once revealed of the
/// output: to find two that agree in them takes 2^96 tries, a second one for a given first 2^192.
type Report is uint256;

using Reports for Report global;

/// @title Fields of a report
library Reports {
    /// @dev Status, time and answer.
    uint256 private constant CHANGING = ~uint256(0xffffff);

    /// @notice A report of a validator just drawn; `round_` is at most 127.
    function drawn(uint16 slot_, uint8 round_, bool own_) internal pure returns (Report) {
        uint256 fixed_ = uint256(slot_) | uint256(round_) << 16 | (own_ ? 1 << 23 : 0);
        return Report.wrap(fixed_ | uint256(Status.Drawn) << 24);
    }

    function slot(Report self) internal pure returns (uint16) {
        return uint16(Report.unwrap(self));
    }

    function round(Report self) internal pure returns (uint8) {
        return uint8(Report.unwrap(self) >> 16) & 0x7f;
    }

    function own(Report self) internal pure returns (bool) {
        return Report.unwrap(self) >> 23 & 1 != 0;
    }

    function status(Report self) internal pure returns (Status) {
        return Status(uint8(Report.unwrap(self) >> 24));
    }

    function time(Report self) internal pure returns (uint32) {
        return uint32(Report.unwrap(self) >> 32);
    }

    function answer(Report self) internal pure returns (bytes24) {
        return bytes24(uint192(Report.unwrap(self) >> 64));
    }

    function with(Report self, Status status_) internal pure returns (Report) {
        return Report.wrap(Report.unwrap(self) & ~uint256(0xff000000) | uint256(status_) << 24);
    }

    function with(Report self, Status status_, uint32 time_, bytes32 answer_) internal pure returns (Report) {
        uint256 changed = uint256(status_) << 24 | uint256(time_) << 32 | uint256(uint192(bytes24(answer_))) << 64;
        return Report.wrap(Report.unwrap(self) & ~CHANGING | changed);
    }
}
