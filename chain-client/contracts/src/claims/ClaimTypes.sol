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
/// @param maxClass largest build class
/// @param publisherStake what the publisher locks
/// @param fee what the publisher pays; tips and juries come out of it and the rest is burned
/// @param disputeTime seconds that the arbiter has; afterwards it was non-determinism
/// @param maxRounds rounds that end in non-determinism before the claim does
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
    uint8 maxClass;
    uint96 publisherStake;
    uint96 fee;
    uint32 disputeTime;
    uint8 maxRounds;
    uint96 missSlash;
    uint96 defaultTip;
    uint96 jurorPot;
}

/// @dev A claim's state that changes in every step: one word.
struct Head {
    address publisher;
    /// Drawing: the block that decides. Otherwise: the deadline, in seconds since 1970.
    uint32 when;
    /// Drawing: slots at the time of the request. Disputed: the number of the disputed report.
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

/// @dev A claim. Four reports share a word.
struct Claim {
    Head head;
    Report[MAX_STEPS] reports;
    /// The commitment, and once revealed the output, of each report.
    bytes32[MAX_STEPS] answers;
    /// Written by the first dispute; before, the claim's id binds both.
    bytes32 derivation;
    bytes32 output;
}

/// @dev slot | round << 16 | status << 24 | time << 32. The time is what passed from draw to commitment, and once
/// revealed the reported build time, in seconds.
type Report is uint64;

using Reports for Report global;

/// @title Fields of a report
library Reports {
    function pack(uint16 slot_, uint8 round_, Status status_, uint32 time_) internal pure returns (Report) {
        return Report.wrap(uint64(slot_) | uint64(round_) << 16 | uint64(status_) << 24 | uint64(time_) << 32);
    }

    function slot(Report self) internal pure returns (uint16) {
        return uint16(Report.unwrap(self));
    }

    function round(Report self) internal pure returns (uint8) {
        return uint8(Report.unwrap(self) >> 16);
    }

    function status(Report self) internal pure returns (Status) {
        return Status(uint8(Report.unwrap(self) >> 24));
    }

    function time(Report self) internal pure returns (uint32) {
        return uint32(Report.unwrap(self) >> 32);
    }

    function with(Report self, Status status_) internal pure returns (Report) {
        return pack(self.slot(), self.round(), status_, self.time());
    }

    function with(Report self, Status status_, uint32 time_) internal pure returns (Report) {
        return pack(self.slot(), self.round(), status_, time_);
    }
}
