// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {BuildTimes} from "./BuildTimes.sol";

/// @title Validators: their stake, their availability, and drawing one of them
/// @notice A validator is a hot key that works; an operator is the cold key that staked for it and gets the stake
/// back. A validator stands in a slot; draws pick slots.
///
/// @dev A draw is a function of (seed, number of slots when it was requested, block of the request) alone, because
/// everybody can see the seed before the draw is carried out. For that,
/// - a slot says from which to before which block it was available, and a draw looks at the block of the request:
///   to join, go or come back meanwhile changes nothing;
/// - coming back, and giving a slot to somebody else, waits until no draw can be open that looks behind the change.
/// Slots that don't fit are rejected and the seed is hashed on, so each fitting slot is equally likely, at a cost that
/// depends on the share of available slots and not on their number.
///
/// The one exception: a slot whose free stake doesn't cover the lock is rejected as of now, so that every service is
/// always backed in full. To use it, one must fill a validator's whole stake with other services first.
contract ValidatorRegistry is Ownable {
    using SafeERC20 for IERC20;

    /// @notice What can be changed, by the time-locked owner alone.
    /// @param minStake what a validator must hold to be available, in 10^-18 BCT
    /// @param coolDown blocks between going and coming back; at least MIN_COOL_DOWN
    /// @param drainTime seconds between draining and taking the stake back, in which to serve what is open
    struct Parameters {
        uint96 minStake;
        uint32 coolDown;
        uint32 drainTime;
    }

    /// @dev An address and since ≤ block < until, in one word: a rejected try reads no more. `own`: the validator is its
    /// own operator, so that needn't be looked up.
    struct Slot {
        address validator;
        uint40 since;
        uint40 until;
        bool own;
    }

    /// @dev locked ≤ stake always. `credit` is that of `creditPeriod`, in the word that the end of a service writes
    /// anyway; it's put down in `_pastCredit` when a later one begins.
    struct Account {
        uint96 stake;
        uint96 locked;
        uint40 credit;
        uint24 creditPeriod;
        address operator;
        uint16 slot;
        uint48 drained;
    }

    /// @notice A draw must be carried out within as many blocks after its request. RANDAO proofs reach 256 blocks, the
    /// longest delay before is 32.
    uint256 public constant MIN_COOL_DOWN = 288;

    /// @dev With half of the slots available, all tries fail once in 2^40 draws.
    uint256 private constant TRIES = 40;
    uint40 private constant NEVER = type(uint40).max;

    /// @notice The token in which stakes are held.
    IERC20 public immutable token;
    /// @notice The contract that draws validators for claims.
    address public immutable claims;
    /// @notice The contract that draws jurors.
    address public immutable jury;
    /// @notice Seconds in a reward period.
    uint32 public immutable periodLength;
    /// @notice See Parameters.
    Parameters public parameters;
    /// @notice Build time credited to all in a period, in seconds: what decides how its mint is shared.
    mapping(uint256 period => uint256 time) public totalCredit;

    /// @dev Not an array: that would read its length at each access.
    mapping(uint256 slot => Slot) private _slots;
    uint256 private _count;
    uint16[] private _freed;
    mapping(address validator => Account) private _accounts;
    mapping(uint256 period => mapping(address validator => uint256 time)) private _pastCredit;

    /// @notice A validator took a slot.
    event Joined(address indexed validator, address indexed operator, uint16 slot);
    /// @notice A validator can be drawn by requests from this block on, or no more.
    event AvailabilityChanged(address indexed validator, bool available);
    /// @notice The stake changed.
    event StakeChanged(address indexed validator, uint256 stake);
    /// @notice A validator wants to leave, at `when` or later (seconds since 1970).
    event Draining(address indexed validator, uint256 when);
    /// @notice A validator's slot is free again.
    event Left(address indexed validator);
    /// @notice A validator lost stake.
    event Slashed(address indexed validator, uint256 amount);
    /// @notice The constants changed.
    event ParametersChanged(Parameters parameters);

    /// @notice Thrown when a caller may not do this.
    error NotAllowed(address caller);
    /// @notice Thrown when a validator isn't in the state that the call needs.
    error WrongState(address validator);
    /// @notice Thrown when more than 65,535 slots would be needed.
    error Full();
    /// @notice Thrown when a parameter is out of its bounds.
    error BadParameters();

    /// @param owner a time-locked contract
    /// @param start first value of the parameters
    constructor(
        address owner,
        IERC20 token_,
        address claims_,
        address jury_,
        uint32 periodLength_,
        Parameters memory start
    ) Ownable(owner) {
        if (periodLength_ == 0) revert BadParameters();
        (token, claims, jury, periodLength) = (token_, claims_, jury_, periodLength_);
        _setParameters(start);
    }

    modifier onlyServices() {
        if (msg.sender != claims && msg.sender != jury) revert NotAllowed(msg.sender);
        _;
    }

    modifier onlyOperator(address validator) {
        if (_accounts[validator].operator != msg.sender) revert NotAllowed(msg.sender);
        _;
    }

    /// @notice Changes the constants. Slots already cooling down do so by the new ones.
    function setParameters(Parameters calldata next) external onlyOwner {
        _setParameters(next);
    }

    /// @notice Stakes for a validator, which from now on can be drawn. The caller becomes its operator.
    /// @dev The validator calls `accept` first, so that nobody can occupy another's key.
    /// @param validator the key that works
    /// @param amount at least minStake, in 10^-18 BCT; the token must be approved
    function join(address validator, uint96 amount) external {
        if (validator != msg.sender && acceptedBy[validator] != msg.sender) revert NotAllowed(msg.sender);
        Account storage account = _accounts[validator];
        if (account.operator != address(0)) revert WrongState(validator);
        if (amount < parameters.minStake) revert WrongState(validator);
        delete acceptedBy[validator];
        uint16 slot = _takeSlot();
        _slots[slot] = Slot(validator, uint40(block.number), NEVER, validator == msg.sender);
        (account.stake, account.operator, account.slot) = (amount, msg.sender, slot);
        emit Joined(validator, msg.sender, slot);
        emit StakeChanged(validator, amount);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @notice The operator that may stake for a validator's key, as the key itself said.
    mapping(address validator => address operator) public acceptedBy;

    /// @notice Says that `operator` may stake for the caller.
    function accept(address operator) external {
        acceptedBy[msg.sender] = operator;
    }

    /// @notice Adds to a validator's stake. Anybody may; the operator will get it.
    function addStake(address validator, uint96 amount) external {
        Account storage account = _accounts[validator];
        if (account.operator == address(0)) revert WrongState(validator);
        account.stake += amount;
        emit StakeChanged(validator, account.stake);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @notice Stops being drawn, at once for requests from this block on. What was drawn before has to be served.
    /// @dev Called by the validator (say, because its queue is full) or its operator.
    function pause(address validator) external {
        _onlyKeys(validator);
        if (!isAvailable(validator)) revert WrongState(validator);
        _stop(validator);
    }

    /// @notice Can be drawn again. Not before the cool-down is over, and only with the full stake.
    function resume(address validator) external {
        _onlyKeys(validator);
        Account storage account = _accounts[validator];
        Slot storage slot = _slots[account.slot];
        if (slot.until == NEVER || account.drained != 0 || account.stake < parameters.minStake || !_isCool(slot)) {
            revert WrongState(validator);
        }
        (slot.since, slot.until) = (uint40(block.number), NEVER);
        emit AvailabilityChanged(validator, true);
    }

    /// @notice Begins to leave: no new draws, the stake stays until everything drawn is served.
    function drain(address validator) external onlyOperator(validator) {
        Account storage account = _accounts[validator];
        if (account.drained != 0) revert WrongState(validator);
        if (isAvailable(validator)) _stop(validator);
        account.drained = uint48(block.timestamp + parameters.drainTime);
        emit Draining(validator, account.drained);
    }

    /// @notice Gives the stake back to the operator and frees the slot: after draining, with no service open.
    function unstake(address validator) external onlyOperator(validator) {
        Account memory account = _accounts[validator];
        if (account.drained == 0 || block.timestamp < account.drained || account.locked != 0) {
            revert WrongState(validator);
        }
        // Only now: an open draw may still look at this slot.
        if (!_isCool(_slots[account.slot])) revert WrongState(validator);
        _keepCredit(validator, _accounts[validator]);
        delete _accounts[validator];
        delete _slots[account.slot];
        _freed.push(account.slot);
        emit Left(validator);
        token.safeTransfer(account.operator, account.stake);
    }

    /// @notice Draws a validator uniformly among those that were available, and locks a part of its stake.
    /// @param seed random; the caller has mixed in what it draws for
    /// @param pool `slots()` at the time of the request
    /// @param requested block of the request
    /// @param amount stake to lock
    /// @param banned neither a validator nor an operator with this address
    /// @param excluded slots that aren't drawn
    /// @return found whether the tries were enough
    /// @return slot the slot drawn
    /// @return validator who stands in it
    function draw(
        bytes32 seed,
        uint256 pool,
        uint256 requested,
        uint96 amount,
        address banned,
        uint16[] memory excluded
    ) external onlyServices returns (bool found, uint16 slot, address validator) {
        if (pool == 0) return (false, 0, address(0));
        for (uint256 i = 0; i < TRIES; i++) {
            // 2^256 is so much larger than a pool that the remainder is as good as uniform.
            slot = uint16(uint256(seed) % pool);
            seed = keccak256(abi.encode(seed));
            Slot memory candidate = _slots[slot];
            validator = candidate.validator;
            if (requested < candidate.since || requested >= candidate.until) continue;
            if (validator == banned || _contains(excluded, slot)) continue;
            Account storage account = _accounts[validator];
            if (!candidate.own && account.operator == banned) continue;
            if (account.stake < uint256(account.locked) + amount) continue;
            account.locked += amount;
            return (true, slot, validator);
        }
        return (false, 0, address(0));
    }

    /// @notice Ends services in which nothing was lost.
    /// @param released where the validators stand; they can't have left, since their stake is locked
    /// @param amount what each draw locked
    function release(uint16[] calldata released, uint96 amount) external onlyServices {
        for (uint256 i = 0; i < released.length; i++) {
            _accounts[_slots[released[i]].validator].locked -= amount;
        }
    }

    /// @notice Ends the services of a valid claim, and credits each of its validators the same time.
    /// @param released where the validators stand; at least one
    /// @param amount what each draw locked
    /// @param times build times that they reported, in seconds
    /// @return mean what each is credited (see BuildTimes), in seconds
    /// @return median of the reported times, in seconds
    function credit(uint16[] calldata released, uint96 amount, uint256[] memory times)
        external
        onlyServices
        returns (uint256 mean, uint256 median)
    {
        (mean, median) = BuildTimes.meanAndMedian(times);
        uint24 period = uint24(currentPeriod());
        for (uint256 i = 0; i < released.length; i++) {
            address validator = _slots[released[i]].validator;
            Account storage account = _accounts[validator];
            account.locked -= amount;
            if (mean == 0) continue;
            if (account.creditPeriod != period) {
                _keepCredit(validator, account);
                (account.creditPeriod, account.credit) = (period, 0);
            }
            account.credit += uint32(mean);
        }
        if (mean > 0) totalCredit[period] += mean * released.length;
    }

    /// @notice Ends a service in which the validator lost stake; the caller gets it.
    /// @param slot where the validator stands
    /// @param locked what the draw locked
    /// @param amount what is lost; at most `locked`
    function slash(uint16 slot, uint96 locked, uint96 amount) external onlyServices {
        if (amount > locked) revert BadParameters();
        address validator = _slots[slot].validator;
        Account storage account = _accounts[validator];
        account.locked -= locked;
        account.stake -= amount;
        if (account.stake < parameters.minStake && isAvailable(validator)) _stop(validator);
        emit Slashed(validator, amount);
        emit StakeChanged(validator, account.stake);
        token.safeTransfer(msg.sender, amount);
    }

    /// @notice How many slots there are, free ones included.
    function slots() external view returns (uint256) {
        return _count;
    }

    /// @notice Who stands in a slot; 0 if nobody.
    function validatorAt(uint16 slot) external view returns (address) {
        return _slots[slot].validator;
    }

    /// @notice What a validator holds, and of it, what open services lock; in 10^-18 BCT.
    function stakeOf(address validator) external view returns (uint256 stake, uint256 locked) {
        Account storage account = _accounts[validator];
        return (account.stake, account.locked);
    }

    /// @notice Who staked for a validator; 0 if nobody.
    function operatorOf(address validator) external view returns (address) {
        return _accounts[validator].operator;
    }

    /// @notice Build time credited to a validator in a period, in seconds.
    function creditOf(uint256 period, address validator) external view returns (uint256) {
        Account storage account = _accounts[validator];
        bool present = account.creditPeriod == period && account.credit > 0;
        return present ? account.credit : _pastCredit[period][validator];
    }

    /// @notice The period that runs now; credits still come in. Period n is [n·length, (n+1)·length) in seconds since
    /// 1970.
    function currentPeriod() public view returns (uint256) {
        return block.timestamp / periodLength;
    }

    /// @notice Whether requests made now can draw this validator.
    function isAvailable(address validator) public view returns (bool) {
        Account storage account = _accounts[validator];
        return account.operator != address(0) && _slots[account.slot].until == NEVER;
    }

    function _setParameters(Parameters memory next) private {
        if (next.minStake == 0 || next.coolDown < MIN_COOL_DOWN) revert BadParameters();
        parameters = next;
        emit ParametersChanged(next);
    }

    function _keepCredit(address validator, Account storage account) private {
        if (account.credit > 0) _pastCredit[account.creditPeriod][validator] = account.credit;
    }

    function _onlyKeys(address validator) private view {
        if (_accounts[validator].operator == address(0)) revert WrongState(validator);
        if (msg.sender != validator && msg.sender != _accounts[validator].operator) revert NotAllowed(msg.sender);
    }

    function _takeSlot() private returns (uint16 slot) {
        if (_freed.length > 0) {
            slot = _freed[_freed.length - 1];
            _freed.pop();
            return slot;
        }
        if (_count == type(uint16).max) revert Full();
        return uint16(_count++);
    }

    function _stop(address validator) private {
        _slots[_accounts[validator].slot].until = uint40(block.number);
        emit AvailabilityChanged(validator, false);
    }

    function _isCool(Slot storage slot) private view returns (bool) {
        return block.number > uint256(slot.until) + parameters.coolDown;
    }

    function _contains(uint16[] memory list, uint16 slot) private pure returns (bool) {
        for (uint256 i = 0; i < list.length; i++) {
            if (list[i] == slot) return true;
        }
        return false;
    }
}
