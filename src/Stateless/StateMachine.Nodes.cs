// What a configured state consists of. A state's reactions are a closed union: go, choose, re-enter, stay, act.

using Stateless.Reflection;

namespace Stateless;

public sealed partial class StateMachine<TState, TTrigger>
{
    private sealed record Guard(Func<object?[], bool> Holds, string Description);

    private abstract record Reaction(TTrigger Trigger, Guard? Guard)
    {
        public bool IsOpen(object?[] arguments) => Guard is null || Guard.Holds(arguments);

        public sealed record Go(TTrigger Trigger, TState Destination, Guard? Guard) : Reaction(Trigger, Guard);

        public sealed record Choose(TTrigger Trigger, Func<object?[], TState> Destination)
            : Reaction(Trigger, Guard: null);

        public sealed record Reenter(TTrigger Trigger, TState State) : Reaction(Trigger, Guard: null);

        public sealed record Stay(TTrigger Trigger, Guard? Guard) : Reaction(Trigger, Guard);

        public sealed record Act(TTrigger Trigger, Action<Transition> Action) : Reaction(Trigger, Guard: null);
    }

    private sealed class StateNode(TState state)
    {
        private readonly List<Reaction> _reactions = [];
        private readonly List<StateNode> _substates = [];
        private readonly List<Action<Transition>> _entryActions = [];
        private readonly List<Action<Transition>> _exitActions = [];

        public TState State { get; } = state;

        private StateNode? Superstate { get; set; }

        public void Add(Reaction reaction) => _reactions.Add(reaction);

        public void AddEntry(Action<Transition> action) => _entryActions.Add(action);

        public void AddExit(Action<Transition> action) => _exitActions.Add(action);

        public void PutInto(StateNode superstate)
        {
            Superstate?._substates.Remove(this);
            Superstate = superstate;
            superstate._substates.Add(this);
        }

        public IEnumerable<StateNode> WithSuperstates()
        {
            for (var node = this; node is not null; node = node.Superstate)
            {
                yield return node;
            }
        }

        public bool Includes(TState state) =>
            State.Equals(state) || _substates.Exists(substate => substate.Includes(state));

        public IEnumerable<TTrigger> OpenTriggers(object?[] arguments) =>
            _reactions.Where(reaction => reaction.IsOpen(arguments)).Select(reaction => reaction.Trigger);

        public IEnumerable<TState> FixedDestinations() =>
            _reactions.OfType<Reaction.Go>().Select(go => go.Destination);

        // A superstate is asked only when no guard holds here. Guards run at most once for each search.
        public Reaction? Find(TTrigger trigger, object?[] arguments, List<string> unmetGuards)
        {
            foreach (var node in WithSuperstates())
            {
                if (node.FindOwn(trigger, arguments, unmetGuards) is { } found)
                {
                    return found;
                }
            }

            return null;
        }

        private Reaction? FindOwn(TTrigger trigger, object?[] arguments, List<string> unmetGuards)
        {
            Reaction? found = null;
            foreach (var reaction in _reactions)
            {
                if (!reaction.Trigger.Equals(trigger))
                {
                    continue;
                }

                if (!reaction.IsOpen(arguments))
                {
                    unmetGuards.Add(reaction.Guard!.Description);
                    continue;
                }

                if (found is not null)
                {
                    throw new InvalidOperationException(
                        $"Multiple permitted exit transitions are configured from state '{State}' for trigger "
                        + $"'{trigger}'. Guard clauses must be mutually exclusive.");
                }

                found = reaction;
            }

            return found;
        }

        // Inner states are left before outer ones, and a superstate that holds the destination too is not left.
        public void Exit(Transition transition)
        {
            foreach (var node in WithSuperstates())
            {
                if (!transition.IsReentry && node.Includes(transition.Destination))
                {
                    return;
                }

                node._exitActions.ForEach(action => action(transition));
                if (transition.IsReentry)
                {
                    return;
                }
            }
        }

        // Outer states are entered before inner ones, and a superstate that holds the source too is not entered.
        public void Enter(Transition transition)
        {
            if (!transition.IsReentry)
            {
                if (Includes(transition.Source))
                {
                    return;
                }

                Superstate?.Enter(transition);
            }

            _entryActions.ForEach(action => action(transition));
        }

        public StateInfo Describe() => new(
            $"{State}",
            Superstate is null,
            [.. _substates.Select(substate => substate.Describe())],
            [.. _reactions.Where(reaction => reaction is not Reaction.Stay).Select(Describe),
                .. _reactions.OfType<Reaction.Stay>().Select(Describe)]);

        private TransitionInfo Describe(Reaction reaction) => new(
            $"{reaction.Trigger}",
            reaction switch
            {
                Reaction.Go go => $"{go.Destination}",
                Reaction.Choose => null,
                _ => $"{State}",
            },
            reaction.Guard?.Description);
    }
}
