// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Verdict} from "../claims/ClaimTypes.sol";

/// @notice The constants of a dispute; it keeps those of its beginning.
/// @param lock what a juror's stake locks, and loses for not voting or not revealing, in 10^-18 BCT
/// @param tip for whoever closes a dispute, out of the first defaulter's lock
/// @param seats jurors wanted
/// @param minSeats with fewer nobody is judged: the answer is non-determinism
/// @param tries draws to fill the seats
/// @param maxRequests times that the randomness is asked for before the answer is non-determinism
/// @param delay blocks between a request and the block that decides
/// @param reviewTime seconds in which nobody votes, so that nobody votes unseen
/// @param voteTime seconds to commit to a vote, beyond those that a build of the claim's class may take
/// @param revealTime seconds to reveal it
struct Terms {
    uint96 lock;
    uint96 tip;
    uint8 seats;
    uint8 minSeats;
    uint8 tries;
    uint8 maxRequests;
    uint8 delay;
    uint24 reviewTime;
    uint24 voteTime;
    uint24 revealTime;
}

/// @notice Where a dispute stands.
enum Stage {
    None,
    /// Waits for the block whose randomness draws the jury.
    Seating,
    /// Jurors review, vote, reveal; see the times.
    Seated,
    /// The outcome is known; jurors may still reveal until the end.
    Decided,
    /// Paid and slashed.
    Closed
}

/// @dev A dispute. `when`: Seating: the block that decides; later: when reviewing began. `votesUntil`: when voting ends
/// at the latest, and once all have voted, when the last one did. `buildTime`: what a rebuild may take, in seconds.
struct Dispute {
    Stage stage;
    Verdict verdict;
    uint8 requests;
    uint16 pool;
    uint48 when;
    uint8 terms;
    address publisher;
    uint48 votesUntil;
    uint32 buildTime;
    uint8 voted;
    uint8 revealed;
    bytes32 claim;
    uint256 report;
    uint256 pay;
    uint256 totalWeight;
    uint256[3] weightFor;
    uint16[] served;
    Juror[] jurors;
}

/// @dev A juror's seat.
struct Juror {
    uint16 slot;
    bool revealed;
    Verdict verdict;
    uint96 weight;
    bytes32 commitment;
}
