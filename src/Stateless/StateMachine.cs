// Stand-in for the package Stateless 5.18 (dotnet-state-machine/stateless): the same namespace, the same public
// signatures for the subset that is used, written from scratch. To go over to the package: delete this folder, add the
// PackageReference, change nothing else. That is why names here follow the package and not this repository's words.
// The idea: a state knows its reactions to triggers; firing finds the one whose guard holds, in the state itself
// first and then in its superstates, and moves. Synchronous and queued: a trigger fired from within an action waits
// until the running transition is complete.
// Invariant: between two calls of Fire no transition is half done, unless an action threw.

using Stateless.Reflection;

namespace Stateless;

/// <summary>A state machine over any type of states and triggers. Not thread-safe.</summary>
public sealed partial class StateMachine<TState, TTrigger>
    where TState : notnull
    where TTrigger : notnull
{
    private readonly Func<TState> _stateAccessor;
    private readonly Action<TState> _stateMutator;
    private readonly TState _initialState;
    private readonly Dictionary<TState, StateNode> _nodes = [];
    private readonly List<StateNode> _nodesInOrder = [];
    private readonly HashSet<TTrigger> _parameterised = [];
    private readonly Queue<(TTrigger Trigger, object?[] Arguments)> _waiting = new();
    private Action<TState, TTrigger, ICollection<string>> _unhandled = ThrowUnhandled;
    private Action<Transition>? _transitioned;
    private bool _firing;

    /// <summary>A machine that keeps its state outside.</summary>
    public StateMachine(Func<TState> stateAccessor, Action<TState> stateMutator)
    {
        _stateAccessor = stateAccessor;
        _stateMutator = stateMutator;
        _initialState = stateAccessor();
    }

    /// <summary>A machine that keeps its state itself.</summary>
    public StateMachine(TState initialState)
    {
        var state = initialState;
        _stateAccessor = () => state;
        _stateMutator = next => state = next;
        _initialState = initialState;
    }

    /// <summary>The present state.</summary>
    public TState State
    {
        get => _stateAccessor();
        private set => _stateMutator(value);
    }

    /// <summary>The triggers that can be fired without arguments now.</summary>
    public IEnumerable<TTrigger> PermittedTriggers => GetPermittedTriggers();

    /// <summary>The triggers that can be fired with these arguments now: the state's, then its superstates'.</summary>
    public IEnumerable<TTrigger> GetPermittedTriggers(params object?[] args) =>
        [.. Node(State).WithSuperstates().SelectMany(node => node.OpenTriggers(args)).Distinct()];

    /// <summary>What the graph formatters draw.</summary>
    public StateMachineInfo GetInfo()
    {
        foreach (var destination in _nodesInOrder.SelectMany(node => node.FixedDestinations()).ToList())
        {
            Node(destination);
        }

        return new StateMachineInfo($"{_initialState}", [.. _nodesInOrder.Select(node => node.Describe())]);
    }

    /// <summary>Begins, or continues, the configuration of a state.</summary>
    public StateConfiguration Configure(TState state) => new(this, state);

    /// <summary>Gives a trigger one argument.</summary>
    /// <exception cref="InvalidOperationException">The trigger has its argument already.</exception>
    public TriggerWithParameters<TArg0> SetTriggerParameters<TArg0>(TTrigger trigger) =>
        _parameterised.Add(trigger)
            ? new TriggerWithParameters<TArg0>(trigger)
            : throw new InvalidOperationException($"The parameters of trigger '{trigger}' are already set.");

    /// <summary>Takes the transition that the present state has for the trigger.</summary>
    /// <exception cref="InvalidOperationException">
    /// There is none (unless OnUnhandledTrigger says otherwise), or several guards hold at once.
    /// </exception>
    /// <exception cref="ArgumentException">The trigger has an argument, which is missing.</exception>
    public void Fire(TTrigger trigger) => Enqueue(trigger, []);

    /// <summary>Takes the transition that the present state has for the trigger with this argument.</summary>
    /// <exception cref="InvalidOperationException">As for <see cref="Fire(TTrigger)"/>.</exception>
    public void Fire<TArg0>(TriggerWithParameters<TArg0> trigger, TArg0 arg0) =>
        Enqueue(trigger.Trigger, [arg0]);

    /// <summary>Whether the present state has a reaction to the trigger; an ignored trigger can be fired.</summary>
    public bool CanFire(TTrigger trigger) => Node(State).Find(trigger, [], []) is not null;

    /// <summary>Whether the present state has a reaction to the trigger with this argument.</summary>
    public bool CanFire<TArg0>(TriggerWithParameters<TArg0> trigger, TArg0 arg0) =>
        Node(State).Find(trigger.Trigger, [arg0], []) is not null;

    /// <summary>Whether the present state is this one or a substate of it.</summary>
    public bool IsInState(TState state) => Node(state).Includes(State);

    /// <summary>What happens, instead of an exception, to a trigger without a reaction in the present state.</summary>
    public void OnUnhandledTrigger(Action<TState, TTrigger> unhandledTriggerAction) =>
        _unhandled = (state, trigger, _) => unhandledTriggerAction(state, trigger);

    /// <summary>As above; the action also gets the descriptions of the guards that do not hold.</summary>
    public void OnUnhandledTrigger(Action<TState, TTrigger, ICollection<string>> unhandledTriggerAction) =>
        _unhandled = unhandledTriggerAction;

    /// <summary>Called after the exit actions and before the entry actions of every transition.</summary>
    public void OnTransitioned(Action<Transition> onTransitionAction) => _transitioned += onTransitionAction;

    private static void ThrowUnhandled(TState state, TTrigger trigger, ICollection<string> unmetGuards) =>
        throw new InvalidOperationException(unmetGuards.Count == 0
            ? $"No valid leaving transitions are permitted from state '{state}' for trigger '{trigger}'. "
                + "Consider ignoring the trigger."
            : $"Trigger '{trigger}' is valid for transition from state '{state}' but a guard conditions are not met. "
                + $"Guard descriptions: '{string.Join(", ", unmetGuards)}'.");

    private StateNode Node(TState state)
    {
        if (!_nodes.TryGetValue(state, out var node))
        {
            node = new StateNode(state);
            _nodes.Add(state, node);
            _nodesInOrder.Add(node);
        }

        return node;
    }

    // An exception from an action leaves later triggers in the queue, as in the package; the next Fire goes on there.
    private void Enqueue(TTrigger trigger, object?[] arguments)
    {
        _waiting.Enqueue((trigger, arguments));
        if (_firing)
        {
            return;
        }

        _firing = true;
        try
        {
            while (_waiting.TryDequeue(out var next))
            {
                FireOne(next.Trigger, next.Arguments);
            }
        }
        finally
        {
            _firing = false;
        }
    }

    private void FireOne(TTrigger trigger, object?[] arguments)
    {
        if (arguments.Length == 0 && _parameterised.Contains(trigger))
        {
            throw new ArgumentException($"Trigger '{trigger}' takes an argument, and none is given.", nameof(trigger));
        }

        var source = State;
        var unmetGuards = new List<string>();
        switch (Node(source).Find(trigger, arguments, unmetGuards))
        {
            case null:
                _unhandled(source, trigger, unmetGuards);
                break;
            case Reaction.Stay:
                break;
            case Reaction.Act act:
                act.Action(new Transition(source, source, trigger, arguments));
                break;
            case Reaction.Reenter reenter:
                Reenter(reenter.State, new Transition(source, reenter.State, trigger, arguments));
                break;
            case Reaction.Choose choose:
                Move(new Transition(source, choose.Destination(arguments), trigger, arguments));
                break;

            // A superstate's way into the substate where the machine is already would be an unintended re-entry.
            case Reaction.Go go when !go.Destination.Equals(source):
                Move(new Transition(source, go.Destination, trigger, arguments));
                break;
        }
    }

    private void Move(Transition transition)
    {
        Node(transition.Source).Exit(transition);
        Arrive(transition);
    }

    // Re-entry of a superstate: the substate is left for it, then it is left and entered for itself.
    private void Reenter(TState state, Transition transition)
    {
        Node(transition.Source).Exit(transition);
        if (!transition.IsReentry)
        {
            transition = new Transition(state, state, transition.Trigger, transition.Parameters);
            Node(state).Exit(transition);
        }

        Arrive(transition);
    }

    private void Arrive(Transition transition)
    {
        State = transition.Destination;
        _transitioned?.Invoke(transition);
        Node(transition.Destination).Enter(transition);
    }

    /// <summary>A trigger that takes one argument.</summary>
    public sealed class TriggerWithParameters<TArg0>(TTrigger underlyingTrigger)
    {
        public TTrigger Trigger { get; } = underlyingTrigger;
    }

    /// <summary>A change of state, or a re-entry.</summary>
    public sealed class Transition(TState source, TState destination, TTrigger trigger, object?[] parameters)
    {
        public TState Source { get; } = source;

        public TState Destination { get; } = destination;

        public TTrigger Trigger { get; } = trigger;

        public object?[] Parameters { get; } = parameters;

        /// <summary>Source and destination are the same.</summary>
        public bool IsReentry => Source.Equals(Destination);
    }
}
